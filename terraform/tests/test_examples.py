"""Each example: applied, planned again without a difference, destroyed; and what it configures is what Varve reads."""

import json
import unittest

import jsonschema

from rendered import TERRAFORM, VARIABLES, example, is_offline, terraform

DOCS = TERRAFORM.parent / "docs"


@unittest.skipUnless(is_offline(), "needs providers that create nothing: TF_CLI_CONFIG_FILE")
class ExamplesTest(unittest.TestCase):
    def test_a_plan_after_apply_is_empty_and_destroy_takes_all_away(self):
        for name in VARIABLES:
            with self.subTest(name):
                folder = example(name).folder
                terraform(folder, "plan", "-detailed-exitcode", "-input=false", "-no-color")
                state = (folder / "terraform.tfstate").read_text()
                terraform(folder, "destroy", "-auto-approve", "-input=false", "-no-color")
                left = terraform(folder, "state", "list").stdout
                (folder / "terraform.tfstate").write_text(state)
                self.assertEqual("", left)

    def test_configurations_are_by_their_schema(self):
        schema = json.loads((DOCS / "configuration.schema.json").read_text())
        for name in ("aws-complete", "aws-existing-vpc"):
            with self.subTest(name):
                jsonschema.validate(example(name).configuration, schema)

    def test_what_schedules_ask_for_is_by_the_schema_of_events(self):
        definitions = json.loads((DOCS / "functions.schema.json").read_text())["$defs"]
        asked = 0
        for name in ("aws-complete", "aws-existing-vpc"):
            for schedule in example(name).of_type("aws_scheduler_schedule").values():
                told = json.loads(schedule["target"][0]["input"])
                with self.subTest(schedule["name"]):
                    jsonschema.validate(told["event"], {"$defs": definitions, **definitions[told["function"] + "-event"]})
                    asked += 1
        self.assertGreaterEqual(asked, 8)

    def test_tags_and_names_reach_everything(self):
        functions = example("aws-complete").of_type("aws_lambda_function").values()
        self.assertEqual(
            {"varve-" + n for n in "backup restore verify prune sync drill plan work finish api".split()},
            {function["function_name"] for function in functions},
        )
        for function in functions:
            self.assertEqual("provided.al2023", function["runtime"])
            self.assertEqual(["arm64"], function["architectures"])


if __name__ == "__main__":
    unittest.main()
