#!/usr/bin/env python3
"""anemonctl model ... -o json: every document fits its schema, and every number says how it came about."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import jsonschema

ANEMONCTL = os.environ.get("ANEMONCTL", "build/bin/anemonctl")
FIXTURES = os.environ.get("MODEL_FIXTURES", "build/bin/model_fixtures")
PROJECT = pathlib.Path(__file__).resolve().parent.parent.parent
SCHEMA = json.loads((PROJECT / "docs" / "anemon.model-1.schema.json").read_text())
# Places, not quantities.
IDENTIFIERS = {"index", "depth", "operation"}


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def without_provenance(value, path=""):
    """Numbers that no provenance covers, and provenances that cover nothing."""
    if isinstance(value, list):
        for each in value:
            if is_number(each):
                yield path
            else:
                yield from without_provenance(each, path + "[]")
    if not isinstance(value, dict):
        return
    covered = value.get("provenance", {})
    yield from (f"{path}.{key}: of nothing" for key in covered if key not in value)
    for key, each in value.items():
        if key in covered or key in IDENTIFIERS or key == "provenance":
            continue
        if is_number(each):
            yield f"{path}.{key}"
        else:
            yield from without_provenance(each, f"{path}.{key}")


def refuse(constant):
    raise ValueError(f"{constant} is no JSON")


class Models(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.scratch.name)
        subprocess.run([FIXTURES, cls.folder], check=True)
        cls.validator = jsonschema.Draft202012Validator(SCHEMA)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def run_model(self, *words):
        return subprocess.run([ANEMONCTL, "model", *map(str, words)], capture_output=True,
                              encoding="utf-8", timeout=300)

    def document(self, *words):
        return json.loads(self.run_model(*words, "-o", "json").stdout, parse_constant=refuse)

    def check(self, document):
        error = jsonschema.exceptions.best_match(self.validator.iter_errors(document))
        self.assertIsNone(error, error)
        self.assertEqual(list(without_provenance(document)), [])

    def models(self):
        yield from sorted(self.folder.glob("*.mlpackage"))
        data = pathlib.Path(os.environ.get("ANEMON_MODEL_DATA")
                            or PROJECT.parent / "shared" / "data" / "models")
        if not data.is_dir():
            print(f"no real models in {data}: only fixtures are checked")
        for folder in ("coreml", "synthetic"):
            yield from sorted((data / folder).glob("*"))

    def test_schema_is_one(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_documents_fit_the_schema(self):
        for model in self.models():
            with self.subTest(model=model.name):
                self.check(self.document("inspect", model))

    def test_chips_fit_the_schema(self):
        document = self.document("cost", "--all-chips", self.folder / "resnet.mlpackage")
        self.check(document)
        names = [chip["name"] for chip in document["chips"]]
        for name in ("M1", "M2", "M3", "M4", "M5", "M6", "A14", "A15", "A16", "A17 Pro", "A18"):
            self.assertIn(name, names)

    def test_all_commands_print_the_same_document(self):
        model = self.folder / "resnet.mlpackage"
        first = self.document("inspect", model)
        for verb in ("cost", "place", "validate", "recommend"):
            self.assertEqual(self.document(verb, model), first)

    def test_schema_refuses_what_is_no_such_document(self):
        document = self.document("inspect", self.folder / "resnet.mlpackage")
        for break_it in (
            lambda d: d.update(schema="anemon.model/2"),
            lambda d: d.update(unknown=1),
            lambda d: d["functions"][0].pop("histogram"),
            lambda d: d["functions"][0]["operations"][0].update(macs="many"),
            lambda d: d["placement"]["functions"][0]["operations"][0].update(engine="TPU"),
        ):
            broken = json.loads(json.dumps(document))
            break_it(broken)
            self.assertFalse(self.validator.is_valid(broken))

    def test_chip_is_said(self):
        model = self.folder / "resnet.mlpackage"
        asked = self.document("inspect", model, "--chip", "m1")
        self.assertEqual(asked["chip"], {"name": "M1", "chosen": "asked for"})
        self.assertIn(self.document("inspect", model)["chip"]["chosen"],
                      ("default", "this machine"))

    def test_diff_is_json(self):
        document = self.document("diff", self.folder / "resnet.mlpackage",
                                 self.folder / "resnet-small.mlpackage")
        self.assertEqual(document["schema"], "anemon.model-diff/1")
        self.assertFalse(document["same"])
        self.assertEqual(document["histogram"]["conv"]["a"], 12)
        self.assertEqual(document["histogram"]["conv"]["b"], 6)
        self.assertEqual(document["constants"]["differing"], 0)
        self.assertGreaterEqual(document["constants"]["compared"], 6)
        self.assertEqual(list(without_provenance(document)), [])

    def test_diff_claims_no_more_than_it_compared(self):
        for name, same in (("resnet.mlpackage", True), ("noweights.mlpackage", None)):
            model = self.folder / name
            self.assertIs(self.document("diff", model, model)["same"], same)

    def test_incomplete_costs_have_no_upper_bound(self):
        for model in self.models():
            document = self.document("inspect", model)
            totals = [function["total"] for function in document.get("functions", [])]
            placed = (document.get("placement") or {"functions": []})["functions"]
            for total, placement in zip(totals, placed):
                if not total["complete"]:
                    self.assertNotIn("latency_high_seconds", placement, model.name)

    def test_quiet_keeps_findings(self):
        for format in ("table", "markdown"):
            answer = self.run_model("validate", "-q", self.folder / "hostile.mlpackage", "-o", format)
            self.assertEqual(answer.returncode, 1)
            self.assertIn("OP-4", answer.stdout)


if __name__ == "__main__":
    unittest.main()
