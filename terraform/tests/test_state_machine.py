"""The state machine as Terraform renders it, linted and executed."""

import json
import logging
import unittest

from statelint.config import Config
from statelint.linter import Linter

from interpreter import Aws, FunctionError, Refused
from rendered import example, is_offline

logging.disable(logging.CRITICAL)

ASKED = ["backup", "restore", "verify", "prune", "sync", "drill"]
FOR_A_PERSON = ["io.varve.InvalidRequestException", "io.varve.DamageFoundException"]


def answering(*answers):
    """Functions that answer one after another; an exception among them is raised."""
    left = list(answers)

    def answer(_, __):
        given = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(given, Exception):
            raise given
        return given

    return answer


def done(**more):
    return {"state": "DONE", "job": "j", **more}


def goes_on(token):
    return {"state": "CONTINUE", "job": "j", "token": token}


@unittest.skipUnless(is_offline(), "needs providers that create nothing: TF_CLI_CONFIG_FILE")
class StateMachineTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.whole = example("aws-complete").definition
        cls.small = example("small-machine").definition

        cls.aws = cls.enterClassContext(Aws())

    def run_(self, functions, event, definition=None, away=(), name=None):
        aws = self.aws.begin(functions, away)
        return aws.run(definition or self.whole, event, name), aws

    def assert_failed(self, execution, error, subject):
        self.assertEqual("FAILED", execution["status"], execution)
        self.assertEqual(error, execution["error"])
        self.assertEqual([subject], [each["subject"] for each in execution["told"]])
        self.assertEqual(error, execution["told"][0]["error"])
        self.assertEqual(execution["executionArn"], execution["told"][0]["execution"])
        self.assertEqual(json.loads(execution["input"]), execution["told"][0]["input"])

    def test_statelint_finds_nothing(self):
        for definition in (self.whole, self.small, example("aws-existing-vpc").definition):
            self.assertEqual([], lint(definition))

    def test_it_calls_until_no_answer_says_continue(self):
        functions = answering(goes_on("j.1"), goes_on("j.2"), done(backupId="b"))
        execution, aws = self.run_(functions, {"function": "backup", "event": {"source": "shop", "kind": "full"}}, name="nightly-1")
        event = {"source": "shop", "kind": "full", "job": "nightly-1"}
        self.assertEqual([("backup", event), ("backup", event | {"token": "j.1"}), ("backup", event | {"token": "j.2"})], aws.calls)
        self.assertEqual("SUCCEEDED", execution["status"])
        self.assertEqual(done(backupId="b"), execution["answer"])
        self.assertEqual([("Done", "varve", "backup", "shop")], execution["metrics"])
        self.assertEqual([], execution["told"])

    def test_a_job_that_has_a_name_keeps_it(self):
        _, aws = self.run_(answering(done()), {"function": "restore", "event": {"source": "shop", "target": "t", "job": "mine"}})
        self.assertEqual([("restore", {"source": "shop", "target": "t", "job": "mine"})], aws.calls)

    def test_each_function_is_called_by_its_name(self):
        for function in ASKED:
            with self.subTest(function):
                execution, aws = self.run_(answering(done()), {"function": function, "event": {"source": "shop"}})
                self.assertEqual([function], aws.called())
                self.assertEqual([("Done", "varve", function, "shop")], execution["metrics"])

    def test_what_the_schedules_ask_for_is_done(self):
        for schedule in example("aws-complete").of_type("aws_scheduler_schedule").values():
            told = json.loads(schedule["target"][0]["input"])
            with self.subTest(schedule["name"]):
                execution, aws = self.run_(planned if "workers" in told else answering(done()), told)
                self.assertEqual("SUCCEEDED", execution["status"])
                self.assertEqual("plan" if "workers" in told else told["function"], aws.called()[0])

    def test_errors_that_may_pass_are_called_again_with_the_same_event(self):
        bounds = {  # seconds before the first call again: least and most
            "io.varve.RetryLaterException": (0, 30),
            "io.varve.CommitStateUnknownException": (10, 10),
            "Runtime.ExitError": (60, 60),
            "Sandbox.Timedout": (60, 60),
            "Lambda.Unknown": (60, 60),
        }
        for error, (least, most) in bounds.items():
            with self.subTest(error):
                functions = answering(goes_on("j.1"), FunctionError(error), FunctionError(error), done())
                execution, aws = self.run_(functions, {"function": "backup", "event": {"source": "shop", "job": "j"}})
                self.assertEqual("SUCCEEDED", execution["status"])
                event = {"source": "shop", "job": "j"}
                self.assertEqual([event] + [event | {"token": "j.1"}] * 3, [called for _, called in aws.calls])
                self.assertEqual(2, len(aws.pauses))
                self.assertTrue(least <= aws.pauses[0] <= most, aws.pauses)
                self.assertTrue(2 * least <= aws.pauses[1] <= 2 * most, aws.pauses)
                self.assertEqual([], execution["told"])

    def test_lambda_itself_is_called_again(self):
        for code, status in {"TooManyRequestsException": 429, "ServiceException": 500}.items():
            with self.subTest(code):
                execution, aws = self.run_(answering(Refused(code, status), done()), {"function": "prune", "event": {"source": "shop"}})
                self.assertEqual("SUCCEEDED", execution["status"], execution)
                self.assertEqual(["prune", "prune"], aws.called())

    def test_what_does_not_pass_is_told_once_its_calls_are_used_up(self):
        execution, aws = self.run_(
            answering(FunctionError("io.varve.RetryLaterException")), {"function": "backup", "event": {"source": "shop"}}
        )
        self.assert_failed(execution, "io.varve.RetryLaterException", "Varve: a job failed")
        self.assertEqual(1 + 8, len(aws.calls))
        self.assertLessEqual(max(aws.pauses), 600)
        self.assertEqual([("Failed", "varve", "backup", "shop")], execution["metrics"])

    def test_what_needs_a_person_is_told_at_once(self):
        for error in FOR_A_PERSON:
            with self.subTest(error):
                execution, aws = self.run_(answering(FunctionError(error, "why")), {"function": "drill", "event": {"source": "shop"}})
                self.assert_failed(execution, error, "Varve: a job needs a person")
                self.assertIn("why", execution["told"][0]["cause"])
                self.assertEqual(["drill"], aws.called())
                self.assertEqual([("Failed", "varve", "drill", "shop")], execution["metrics"])

    def test_anything_else_fails_at_once(self):
        for error in ("io.varve.function.DefectException", "Runtime.OutOfMemory", "SomethingElse"):
            with self.subTest(error):
                execution, aws = self.run_(answering(FunctionError(error)), {"function": "verify", "event": {"source": "shop"}})
                self.assert_failed(execution, error, "Varve: a job failed")
                self.assertEqual(["verify"], aws.called())

    def test_an_answer_that_is_none_fails(self):
        for answer in ({}, {"state": "MAYBE"}, {"job": "j"}):
            with self.subTest(answer):
                execution, _ = self.run_(answering(answer), {"function": "backup", "event": {"source": "shop"}})
                self.assert_failed(execution, "io.varve.function.DefectException", "Varve: a job failed")

    def test_an_input_that_is_not_understood_calls_nothing(self):
        for told in (
            {},
            {"function": "backup"},
            {"function": "backup", "event": {}},
            {"function": "backup", "event": {"source": 7}},
            {"function": "frobnicate", "event": {"source": "shop"}},
            {"function": "plan", "event": {"source": "shop"}},
            {"event": {"source": "shop"}},
        ):
            with self.subTest(told):
                execution, aws = self.run_(answering(done()), told)
                self.assert_failed(execution, "io.varve.InvalidRequestException", "Varve: a job failed")
                self.assertEqual([], aws.calls)

    def test_that_nobody_can_be_told_changes_nothing_about_the_job(self):
        away = {"sns", "monitoring"}
        execution, _ = self.run_(answering(done()), {"function": "backup", "event": {"source": "shop"}}, self.small, away)
        self.assertEqual("SUCCEEDED", execution["status"], execution)
        error = FunctionError("io.varve.DamageFoundException")
        execution, _ = self.run_(answering(error), {"function": "backup", "event": {"source": "shop"}}, away=away)
        self.assertEqual(("FAILED", "io.varve.DamageFoundException"), (execution["status"], execution["error"]))

    def test_success_is_told_where_that_is_asked_for(self):
        execution, _ = self.run_(answering(done()), {"function": "prune", "event": {"source": "shop", "job": "p"}}, self.small)
        self.assertEqual("SUCCEEDED", execution["status"])
        (told,) = execution["told"]
        self.assertEqual(("Varve: a job is done", "prune", "shop", "p"), (told["subject"], told["function"], told["source"], told["job"]))

    def test_without_workers_a_backup_for_several_is_one(self):
        _, aws = self.run_(answering(done()), {"function": "backup", "workers": 4, "event": {"source": "shop"}}, self.small)
        self.assertEqual(["backup"], aws.called())

    def test_retries_are_as_often_as_told(self):
        _, aws = self.run_(answering(FunctionError("io.varve.RetryLaterException")), {"function": "prune", "event": {"source": "s"}}, self.small)
        self.assertEqual(1 + 2, len(aws.calls))


def planned(name, event):
    """plan, work and finish, of which two go on once, and a worker fails."""
    if name == "plan":
        if "token" not in event:
            return goes_on("plan.1")
        shares = [{"source": event["source"], "plan": event["job"], "worker": n} for n in range(event["workers"])]
        return done(work=shares, finish={"source": event["source"], "plan": event["job"]})
    if name == "work" and event["worker"] == 2:
        raise FunctionError("io.varve.InvalidRequestException")
    if name == "work" and event["worker"] == 1 and "token" not in event:
        return goes_on("work.1")
    return done(by=name)


@unittest.skipUnless(is_offline(), "needs providers that create nothing: TF_CLI_CONFIG_FILE")
class WorkersTest(unittest.TestCase):
    """The Distributed Map, which the interpreter runs; not its threshold of failures, which it ignores."""

    @classmethod
    def setUpClass(cls):
        cls.aws = cls.enterClassContext(Aws())

    def run_(self, functions, event):
        aws = self.aws.begin(functions)
        return aws.run(example("aws-complete").definition, event, "big-1"), aws

    def test_a_backup_is_planned_and_shared_and_finished(self):
        for function in ("backup", "restore"):
            with self.subTest(function):
                execution, aws = self.run_(planned, {"function": function, "workers": 4, "event": {"source": "shop", "snapshots": "shared"}})
                asked = {"source": "shop", "snapshots": "shared", "job": "big-1", "workers": 4}
                self.assertEqual([("plan", asked), ("plan", asked | {"token": "plan.1"})], aws.calls[:2])
                shares = [event for name, event in aws.calls if name == "work"]
                self.assertEqual([0, 1, 1, 2, 3], sorted(event["worker"] for event in shares))
                self.assertIn({"source": "shop", "plan": "big-1", "worker": 1, "token": "work.1"}, shares)
                self.assertEqual(("finish", {"source": "shop", "plan": "big-1"}), aws.calls[-1])
                self.assertEqual(done(by="finish"), execution["answer"])
                self.assertEqual([("Done", "varve", function, "shop")], execution["metrics"])

    def test_a_share_is_called_again(self):
        died = []

        def functions(name, event):
            if name == "work" and event["worker"] == 0 and not died:
                died.append(event)
                raise FunctionError("Runtime.ExitError")
            return planned(name, event)

        execution, aws = self.run_(functions, {"function": "backup", "workers": 2, "event": {"source": "shop"}})
        self.assertEqual("SUCCEEDED", execution["status"])
        self.assertEqual(2, sum(1 for name, event in aws.calls if name == "work" and event["worker"] == 0))

    def test_a_plan_or_an_end_that_fails_is_told(self):
        for broken in ("plan", "finish"):

            def functions(name, event):
                if name == broken:
                    raise FunctionError("io.varve.InvalidRequestException")
                return planned(name, event)

            with self.subTest(broken):
                execution, _ = self.run_(functions, {"function": "backup", "workers": 2, "event": {"source": "shop"}})
                self.assertEqual(("FAILED", "io.varve.InvalidRequestException"), (execution["status"], execution["error"]))
                self.assertEqual(["Varve: a job needs a person"], [each["subject"] for each in execution["told"]])
                self.assertEqual([("Failed", "varve", "backup", "shop")], execution["metrics"])

    def test_one_worker_and_other_functions_are_called_whole(self):
        for told in (
            {"function": "backup", "workers": 1, "event": {"source": "shop"}},
            {"function": "verify", "workers": 4, "event": {"source": "shop"}},
        ):
            _, aws = self.run_(answering(done()), told)
            self.assertEqual([told["function"]], aws.called())


def lint(definition):
    return Linter.validate(json.dumps(definition), Config([], False, False))


if __name__ == "__main__":
    unittest.main()
