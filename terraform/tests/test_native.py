"""
The state machine with the real functions behind it: the program that VARVE_TEST_BOOTSTRAP names, on the database server
VARVE_TEST_SERVER, with moto's S3 for a store. So what the state machine makes of events and answers is shown to fit.
"""

import json
import logging
import os
import threading
import time
import unittest
import urllib.parse
import uuid
from types import SimpleNamespace

from interpreter import Aws
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from native import Functions
from rendered import example, is_offline
from test_policies import BUCKET, FUNCTIONS, Evaluator, node_finds_the_evaluator

logging.disable(logging.CRITICAL)

PROGRAM = os.environ.get("VARVE_TEST_BOOTSTRAP", "")
SERVER = os.environ.get("VARVE_TEST_SERVER", "")


@unittest.skipUnless(is_offline(), "needs providers that create nothing: TF_CLI_CONFIG_FILE")
@unittest.skipUnless(PROGRAM and SERVER, "needs VARVE_TEST_BOOTSTRAP and VARVE_TEST_SERVER")
class NativeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        import pymysql

        at = urllib.parse.urlsplit(SERVER)
        password = os.environ.get("VARVE_TEST_SERVER_PASSWORD", "")
        cls.database = pymysql.connect(host=at.hostname, port=at.port or 3306, user=at.username, password=password, autocommit=True)
        cls.addClassCleanup(cls.database.close)
        cls.schema = "varve_machine_" + uuid.uuid4().hex[:8]
        cls.user = cls.schema
        for statement in (
            "CREATE DATABASE " + cls.schema,
            "CREATE TABLE %s.orders (id INT PRIMARY KEY, v VARCHAR(300)) ENGINE=InnoDB" % cls.schema,
            "INSERT INTO %s.orders VALUES %s" % (cls.schema, ",".join("(%d, SHA2(%d, 512))" % (n, n) for n in range(4000))),
            "CREATE USER '%s'@'%%' IDENTIFIED BY 'secret-7c1f'" % cls.user,
            "GRANT ALL ON *.* TO '%s'@'%%'" % cls.user,
        ):
            cls.sql(statement)
        cls.addClassCleanup(cls.sql, "DROP DATABASE IF EXISTS %s_copy" % cls.schema)
        cls.addClassCleanup(cls.sql, "DROP DATABASE " + cls.schema)
        cls.addClassCleanup(cls.sql, "DROP USER '%s'@'%%'" % cls.user)
        cls.aws = cls.enterClassContext(Aws())
        cls.definition = example("aws-complete").definition

    @classmethod
    def sql(cls, statement):
        with cls.database.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()

    def setUp(self):
        self.aws.begin(None)
        # Pauses are waited for, but none longer than this: a lease of somebody who has died runs out in its own time.
        retrier_decl.time = SimpleNamespace(sleep=lambda seconds: time.sleep(min(seconds, 20)))
        self.aws.client("s3").create_bucket(Bucket="shops", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        self.functions = None

    def begin(self, **of_source):
        at = urllib.parse.urlsplit(SERVER)
        database = {
            "address": "mysql://%s:%d" % (at.hostname, at.port or 3306),
            "credentials": {"user": self.user, "passwordVariable": "PASSWORD"},
            "parallel": 1,
        }
        configuration = {
            "store": {"location": "s3://shops/varve", "endpoint": self.aws.endpoint, "pathStyle": True, "region": "eu-central-1"},
            "sources": {
                "shop": {**database, "include": [self.schema], "partSize": "64K", **of_source},
                "quick": {**database, "include": [self.schema]},
            },
            "targets": {"staging": database, "scratch": database},
        }
        self.functions = Functions(
            PROGRAM,
            {
                "VARVE_CONFIG": json.dumps(configuration),
                "PASSWORD": "secret-7c1f",
                "AWS_SECRET_ACCESS_KEY": "x",
                "AWS_REGION": "eu-central-1",
            },
        )
        self.addCleanup(self.functions.close)
        self.aws.functions = self.functions

    def run_(self, function, name, workers=None, **event):
        told = {"function": function, "event": {"source": "shop", **event}}
        if workers:
            told["workers"] = workers
        return self.aws.run(self.definition, told, name, most_seconds=240)

    def run_well(self, *arguments, **event):
        execution = self.run_(*arguments, **event)
        logs = ["".join(function.log) for function in self.functions.running.values()]
        self.assertEqual("SUCCEEDED", execution["status"], (execution, self.aws.calls, logs))
        self.assertEqual("DONE", execution["answer"]["state"])
        return execution

    def test_from_a_backup_to_a_restore_and_all_that_is_between(self):
        self.begin()
        full = self.run_well("backup", "nightly-1")
        self.assertEqual(("nightly-1", 4000), (full["answer"]["job"], full["answer"]["rows"]))
        restored = self.run_well("restore", "restore-1", target="staging", renames={self.schema: self.schema + "_copy"})
        self.assertTrue(restored["answer"]["verified"])
        self.assertEqual(((4000,),), self.sql("SELECT COUNT(*) FROM %s_copy.orders" % self.schema))
        self.assertEqual(full["answer"]["backupId"], self.run_well("drill", "drill-1", target="scratch")["answer"]["backupId"])
        self.assertEqual(1, self.run_well("verify", "verify-1", readData=100)["answer"]["backups"])
        self.run_well("backup", "big-2", 2, kind="full")
        self.assertEqual(1, self.run_well("prune", "prune-1", keep={"last": 1})["answer"]["deletedBackups"])
        self.sql("DROP DATABASE %s_copy" % self.schema)
        self.run_well("restore", "restore-2", 2, target="staging", renames={self.schema: self.schema + "_copy"})
        self.sql("DROP DATABASE %s_copy" % self.schema)
        self.assert_allowed()

    def assert_allowed(self):
        """That the roles let functions do all that they have asked S3 for."""
        if not node_finds_the_evaluator():
            print("### NOT CHECKED: what functions ask S3 for. That needs node, and @cloud-copilot/iam-simulate in NODE_PATH.")
            return
        evaluator = Evaluator(example("aws-complete"))
        for role, service, method, path, if_none_match in sorted(set(self.aws.passed), key=str):
            if service == "s3" and role in FUNCTIONS:
                evaluator.ask(True, role, *s3_request(method, path, if_none_match))
        self.assertGreater(len(evaluator.asked), 100)
        self.assertEqual({"backup", "restore", "verify", "prune", "drill", "plan", "work", "finish"}, {asked[1] for asked in evaluator.asked})
        self.assertEqual([], evaluator.wrong())

    def test_it_goes_on_until_it_is_done(self):
        self.begin(limitRate="40K")
        self.run_well("backup", "quick-1", source="quick")  # makes the repository, which takes its time
        self.aws.calls.clear()
        self.functions.seconds = 8  # some 13 are needed
        execution = self.run_well("backup", "slow-1", kind="full")
        tokens = [event.get("token") for _, event in self.aws.calls]
        self.assertEqual([None, "slow-1.1"], tokens)
        self.assertEqual(4000, execution["answer"]["rows"])

    def test_several_workers_make_one_backup(self):
        self.begin()
        execution = self.run_well("backup", "big-1", 2, kind="full")
        self.assertEqual(["plan", "work", "work", "finish"], [name for name, _ in self.aws.calls])
        self.assertEqual((4000, "full"), (execution["answer"]["rows"], execution["answer"]["kind"]))

    def test_a_call_that_dies_is_made_again(self):
        self.begin(limitRate="150K")

        def killer():
            while not (function := self.functions.running.get(("backup", None))) or not function.process:
                time.sleep(0.05)
            while not any("nightly-2" in line for line in list(function.log)):
                time.sleep(0.05)
            time.sleep(1)
            function.kill()

        threading.Thread(target=killer, daemon=True).start()
        execution = self.run_well("backup", "nightly-2", kind="full")
        self.assertEqual("Runtime.ExitError", self.functions.errors[0])
        self.assertLessEqual(set(self.functions.errors), {"io.varve.RetryLaterException", "Runtime.ExitError"})
        self.assertEqual(4000, execution["answer"]["rows"])

    def test_an_error_of_the_function_is_one_that_the_state_machine_knows(self):
        self.begin()
        self.run_well("backup", "nightly-3")
        execution = self.run_("restore", "restore-3", target="nowhere")
        self.assertEqual(("FAILED", "io.varve.InvalidRequestException"), (execution["status"], execution["error"]))
        (told,) = execution["told"]
        self.assertEqual("Varve: a job needs a person", told["subject"])
        self.assertIn("nowhere", told["cause"])

    def test_damage_is_told_to_a_person(self):
        self.begin()
        self.run_well("backup", "nightly-4")
        s3 = self.aws.client("s3")
        parts = s3.list_objects_v2(Bucket="shops", Prefix="varve/shop/parts/")["Contents"]
        s3.delete_object(Bucket="shops", Key=parts[0]["Key"])
        execution = self.run_("verify", "verify-4")
        self.assertEqual(("FAILED", "io.varve.DamageFoundException"), (execution["status"], execution["error"]))
        self.assertEqual(["Varve: a job needs a person"], [each["subject"] for each in execution["told"]])
        self.assertIn(("Failed", "varve", "verify", "shop"), execution["metrics"])


def s3_request(method, path, if_none_match):
    """Action, resource and context, as IAM sees a request to the bucket of the test, in the one of the example."""
    at = urllib.parse.urlsplit(path)
    key = urllib.parse.unquote(at.path).removeprefix("/shops").removeprefix("/")
    query = dict(urllib.parse.parse_qsl(at.query, keep_blank_values=True))
    if not key:
        if "lifecycle" in query:
            return "s3:GetLifecycleConfiguration", BUCKET, {}
        return "s3:ListBucket", BUCKET, {"s3:prefix": query["prefix"]}
    action = {"GET": "s3:GetObject", "HEAD": "s3:GetObject", "PUT": "s3:PutObject", "DELETE": "s3:DeleteObject"}[method]
    is_new = {"s3:if-none-match": if_none_match} if method == "PUT" and if_none_match else {}
    return action, BUCKET + "/" + key, is_new


if __name__ == "__main__":
    unittest.main()
