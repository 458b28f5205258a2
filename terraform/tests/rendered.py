"""The examples as Terraform renders them: applied offline, with providers that create nothing (TF_CLI_CONFIG_FILE)."""

import atexit
import functools
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

TERRAFORM = Path(__file__).resolve().parent.parent
ON_CALL = "arn:aws:iam::123456789012:role/on-call"
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:"

VARIABLES = {
    "aws-complete": {"bucket_name": "acme-backups", "on_call_role_arn": ON_CALL},
    "aws-existing-vpc": {
        "bucket_name": "acme-backups",
        "vpc_id": "vpc-1",
        "subnet_ids": '["subnet-1", "subnet-2"]',
        "route_table_ids": '["rtb-1"]',
        "database_security_group_id": "sg-1",
        "database_address": "crm.example.com",
        "backup_secret_arn": SECRET + "crm-backup-Ab12Cd",
        "restore_secret_arn": SECRET + "crm-restore-Ab12Cd",
    },
    "minio": {},
}
FIXTURES = {"small-machine": {}}


# Offline, what a provider would compute names the attribute it stands for. Where its form matters, it gets one.
FORMS = {
    "arn:aws:stand-in:eu-central-1:123456789012:aws_kms_key/arn": "arn:aws:kms:eu-central-1:123456789012:key/0e0e0e0e-1111-2222-3333-444444444444",
}


class Rendered:
    """What the state of an example has, and whether a plan after it is empty."""

    def __init__(self, state, folder):
        self.folder = folder
        self.resources, self.types = {}, {}
        self._collect(state["values"]["root_module"])
        self.outputs = {name: output["value"] for name, output in state["values"].get("outputs", {}).items()}

    def _collect(self, module):
        for resource in module.get("resources", []):
            self.resources[resource["address"]] = resource["values"]
            self.types[resource["address"]] = resource["type"]
        for child in module.get("child_modules", []):
            self._collect(child)

    def __getitem__(self, address):
        return self.resources[address]

    def of_type(self, kind):
        return {a: values for a, values in self.resources.items() if self.types[a] == kind}

    @property
    def definition(self):
        (machine,) = self.of_type("aws_sfn_state_machine").values()
        return json.loads(machine["definition"])

    def role_policies(self):
        """What roles may do, by the names of functions, and api, state-machine, scheduler."""
        return {values["name"]: json.loads(values["policy"]) for values in self.of_type("aws_iam_role_policy").values()}

    @property
    def configuration(self):
        functions = [v for a, v in self.of_type("aws_lambda_function").items() if '["backup"]' in a]
        return json.loads(functions[0]["environment"][0]["variables"]["VARVE_CONFIG"])


def terraform(folder, *arguments, codes=(0,)):
    # One after another: providers that create nothing need no more, and may not be made for it.
    one = ["-parallelism=1"] if arguments[0] in ("plan", "apply", "destroy") else []
    ran = subprocess.run(
        ["terraform", arguments[0], *one, *arguments[1:]], cwd=folder, capture_output=True, text=True, env={**os.environ, "TF_IN_AUTOMATION": "1"}
    )
    if ran.returncode not in codes:
        raise AssertionError("terraform %s in %s:\n%s%s" % (" ".join(arguments), folder, ran.stdout[-3000:], ran.stderr))
    return ran


@functools.cache
def example(name, **more):
    """An example, applied once in a copy."""
    work = Path(tempfile.mkdtemp(prefix="varve-terraform-"))
    atexit.register(shutil.rmtree, work, True)
    shutil.copytree(TERRAFORM, work / "terraform", ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*", "__pycache__"))
    for package in ("function.zip", "api.zip"):
        (work / package).write_text("not called here")
    folder = work / "terraform" / ("tests/fixtures" if name in FIXTURES else "examples") / name
    variables = {**VARIABLES, **FIXTURES}[name] | more
    if name == "aws-complete":
        variables["package_folder"] = str(work)
    if name == "aws-existing-vpc":
        variables["function_zip"] = str(work / "function.zip")
    (folder / "test.auto.tfvars").write_text(
        "".join("%s = %s\n" % (k, v if v.startswith("[") else json.dumps(v)) for k, v in variables.items())
    )
    terraform(folder, "init", "-input=false", "-no-color")
    terraform(folder, "apply", "-auto-approve", "-input=false", "-no-color")
    shown = terraform(folder, "show", "-json").stdout
    for placeholder, form in FORMS.items():
        shown = shown.replace(placeholder, form)
    return Rendered(json.loads(shown), folder)


def is_offline():
    """Whether there are providers that create nothing: where there are not, an example must not be applied."""
    return bool(os.environ.get("TF_CLI_CONFIG_FILE"))
