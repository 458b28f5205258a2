"""What each role may and may not do, evaluated; and what linters of policies say of them."""

import json
import os
import shutil
import subprocess
import unittest
from pathlib import Path

import parliament
from policy_sentry.querying.actions import get_actions_for_service

from rendered import SECRET, example, is_offline

BUCKET = "arn:aws:s3:::acme-backups"
BELOW = BUCKET + "/varve/"
ID = "20261120T070000Z-full-k3f9"
KEYS = {
    "repository": BELOW + "varve.json",
    "probe": BELOW + "probe/5e88/round-0",
    "manifest": BELOW + "shop/manifests/%s.json" % ID,
    "summary": BELOW + "shop/summaries/%s.json" % ID,
    "part": BELOW + "shop/parts/%s/shop/orders/0-0123456789abcdef.tsv.zst" % ID,
    "job": BELOW + "shop/jobs/20261120T070000Z-backup-k3f9/0.json",
    "request": BELOW + "shop/jobs/requests/nightly/request.json",
    "time": BELOW + "shop/jobs/requests/nightly/k3f9ab.now",
    "lease": BELOW + "shop/lease.json",
    "tombstone": BELOW + "shop/tombstones/" + ID,
    "hold": BELOW + "shop/holds/" + ID,
    "damaged": BELOW + "shop/damaged/%s/shop/orders/0-0123456789abcdef.tsv.zst" % ID,
    "of another source": BELOW + "other/jobs/requests/nightly/request.json",
    "a table called jobs": BELOW + "shop/parts/%s/jobs/jobs/0-0123456789abcdef.tsv.zst" % ID,
    "beside the prefix": BUCKET + "/other/file",
}
FUNCTIONS = "backup restore verify prune sync drill plan work finish api".split()

# Who may put, by what; nobody else may.
PUT = {
    "repository": "backup sync plan api",
    "probe": "backup sync plan api",
    "manifest": "backup sync finish prune",
    "summary": "backup sync finish",
    "part": "backup sync finish work",
    "job": " ".join(FUNCTIONS),
    "request": " ".join(FUNCTIONS),
    "time": " ".join(FUNCTIONS),
    "lease": "backup sync finish",
    "tombstone": "prune",
    "hold": "",
    "damaged": "verify",
    "of another source": "",
    "a table called jobs": "backup sync finish work",
    "beside the prefix": "",
}

# Likewise, who may delete: prune alone, but for what is nobody's backup.
DELETE = {name: "prune" for name in KEYS} | {
    "probe": "backup sync plan api prune",
    "time": " ".join(FUNCTIONS),
    "beside the prefix": "",
}

ONCE = {"repository", "manifest", "part", "tombstone", "a table called jobs"}  # never overwritten, by whomever


def node_finds_the_evaluator():
    return shutil.which("node") and subprocess.run(
        ["node", "-e", "require('@cloud-copilot/iam-simulate')"], capture_output=True, env=os.environ
    ).returncode == 0


class Evaluator:
    def __init__(self, rendered):
        self.policies = rendered.role_policies()
        self.of_bucket = json.loads(rendered["module.varve.module.store.aws_s3_bucket_policy.this"]["policy"])
        self.asked = []

    def ask(self, expected, role, action, resource, context=None):
        self.asked.append((expected, role, action, resource, context or {}))

    def verdicts(self):
        simulations = [
            {
                "identityPolicies": [{"name": role, "policy": self.policies[role]}] if role != "administrator" else [
                    {"name": role, "policy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}}
                ],
                "serviceControlPolicies": [],
                "resourceControlPolicies": [],
                **({"resourcePolicy": self.of_bucket} if ":s3:::" in resource else {}),
                "request": {
                    "action": action,
                    "principal": "arn:aws:iam::123456789012:role/varve-" + role,
                    "resource": {"accountId": "123456789012", "resource": resource},
                    "contextVariables": {"aws:SecureTransport": "true", **context},
                },
            }
            for _, role, action, resource, context in self.asked
        ]
        ran = subprocess.run(
            ["node", str(Path(__file__).with_name("simulate.cjs"))], input=json.dumps(simulations), capture_output=True, text=True, check=True
        )
        return json.loads(ran.stdout)

    def wrong(self):
        found = []
        for asked, verdict in zip(self.asked, self.verdicts(), strict=True):
            if verdict.startswith("error") or (verdict == "Allowed") != asked[0]:
                found.append("%s, not %s: %s %s %s %s" % ((verdict, "allowed" if asked[0] else "refused") + asked[1:]))
        return found


@unittest.skipUnless(is_offline(), "needs providers that create nothing: TF_CLI_CONFIG_FILE")
@unittest.skipUnless(node_finds_the_evaluator(), "needs node, and @cloud-copilot/iam-simulate in NODE_PATH")
class EvaluatedTest(unittest.TestCase):
    def check(self, rendered, ask):
        evaluator = Evaluator(rendered)
        ask(evaluator)
        self.assertGreater(len(evaluator.asked), 0)
        self.assertEqual([], evaluator.wrong())

    def test_the_repository(self):
        def ask(evaluator):
            for role in FUNCTIONS:
                for name, key in KEYS.items():
                    is_new = {"s3:if-none-match": "*"}
                    evaluator.ask(role in PUT[name].split(), role, "s3:PutObject", key, is_new)
                    evaluator.ask(role in PUT[name].split() and name not in ONCE, role, "s3:PutObject", key)
                    evaluator.ask(role in DELETE[name].split(), role, "s3:DeleteObject", key)
                    evaluator.ask(False, role, "s3:DeleteObjectVersion", key)
                    evaluator.ask(False, role, "s3:BypassGovernanceRetention", key)
                    evaluator.ask(key.startswith(BELOW), role, "s3:GetObject", key)
                    evaluator.ask(False, role, "s3:GetObject", key, {"aws:SecureTransport": "false"})
                evaluator.ask(True, role, "s3:ListBucket", BUCKET, {"s3:prefix": "varve/shop/manifests/"})
                evaluator.ask(False, role, "s3:ListBucket", BUCKET, {"s3:prefix": "other/"})
                evaluator.ask(False, role, "s3:PutBucketPolicy", BUCKET)
                evaluator.ask(False, role, "s3:PutLifecycleConfiguration", BUCKET)

        self.check(example("aws-complete"), ask)

    def test_not_even_an_administrator_overwrites_a_manifest_or_a_part(self):
        def ask(evaluator):
            for name, key in KEYS.items():
                evaluator.ask(name not in ONCE, "administrator", "s3:PutObject", key)
                evaluator.ask(True, "administrator", "s3:PutObject", key, {"s3:if-none-match": "*"})

        self.check(example("aws-complete"), ask)

    def test_logins_into_databases_by_iam(self):
        user = "arn:aws:rds-db:eu-central-1:123456789012:dbuser:aws_db_instance-resource_id/"

        def ask(evaluator):
            may = {
                "varve_backup": "backup sync plan work finish",
                "varve_restore": "restore drill sync plan work finish",
                "varve_drill": "restore drill sync plan work finish",
                "admin": "",
            }
            for name, roles in may.items():
                for role in FUNCTIONS:
                    evaluator.ask(role in roles.split(), role, "rds-db:connect", user + name)

        self.check(example("aws-complete"), ask)

    def test_secrets(self):
        def ask(evaluator):
            may = {
                "crm-backup-Ab12Cd": "backup sync plan work finish",
                "crm-restore-Ab12Cd": "restore drill sync plan work finish",
                "another-Ab12Cd": "",
            }
            for name, roles in may.items():
                for role in FUNCTIONS[:-1]:
                    evaluator.ask(role in roles.split(), role, "secretsmanager:GetSecretValue", SECRET + name)

        self.check(example("aws-existing-vpc"), ask)

    def test_who_calls_whom(self):
        def ask(evaluator):
            machine = "arn:aws:states:eu-central-1:123456789012:stateMachine:varve"
            function = "arn:aws:lambda:eu-central-1:123456789012:function:varve-"
            for role in FUNCTIONS + ["scheduler", "state-machine"]:
                evaluator.ask(role in ("api", "scheduler", "state-machine"), role, "states:StartExecution", machine)
                evaluator.ask(False, role, "states:StartExecution", machine + "-other")
                for name in FUNCTIONS:
                    evaluator.ask(role == "state-machine" and name != "api", role, "lambda:InvokeFunction", function + name)
                evaluator.ask(False, role, "iam:PassRole", "arn:aws:iam::123456789012:role/varve-backup")
            child = "arn:aws:states:eu-central-1:123456789012:execution:varve/5e88:0001"
            evaluator.ask(True, "state-machine", "states:StopExecution", child)
            evaluator.ask(False, "state-machine", "states:StopExecution", child.replace("varve/", "other/"))
            for namespace in ("Varve", "AWS/Lambda"):
                evaluator.ask(namespace == "Varve", "state-machine", "cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": namespace})

        self.check(example("aws-complete"), ask)


@unittest.skipUnless(is_offline(), "needs providers that create nothing: TF_CLI_CONFIG_FILE")
class LintedTest(unittest.TestCase):
    # Why a star is right where there is one; parliament's finding RESOURCE_STAR is answered by these.
    STARS = {
        "AttachToVpc": "network interfaces are not there when the right is given",
        "Trace": "X-Ray has no resources",
        "Measure": "CloudWatch has no resources, and the namespace is fixed",
        "Log": "deliveries of logs have no ARN",
    }

    def policies(self):
        for name in ("aws-complete", "aws-existing-vpc"):
            for role, policy in example(name).role_policies().items():
                yield "%s of %s" % (role, name), policy

    def test_parliament_finds_nothing(self):
        for name, policy in self.policies():
            with self.subTest(name):
                found = parliament.analyze_policy_string(json.dumps(policy)).findings
                self.assertEqual([], [str(finding) for finding in found if not self.is_answered(finding)])

    @staticmethod
    def is_answered(finding):
        # Its list has DescribeExecution for express executions alone; the service's own has it for all.
        return finding.issue == "RESOURCE_STAR" or "states:DescribeExecution" in str(finding.detail)

    def test_each_action_is_there(self):
        for name, policy in self.policies():
            for statement in policy["Statement"]:
                for action in statement["Action"]:
                    with self.subTest(name, action=action):
                        service = action.split(":")[0]
                        self.assertIn(action.lower(), {each.lower() for each in get_actions_for_service(service)})

    def test_each_star_has_a_reason(self):
        for name, policy in self.policies():
            for statement in policy["Statement"]:
                with self.subTest(name, sid=statement["Sid"]):
                    self.assertNotIn("*", "".join(statement["Action"]))
                    if "*" in statement["Resource"]:
                        self.assertIn(statement["Sid"], self.STARS)


if __name__ == "__main__":
    unittest.main()
