#!/usr/bin/env python3
"""The dashboards are what Grafana's own types (@grafana/schema) allow, down to the options of each panel."""

import pathlib
import subprocess
import tempfile
import unittest

from boards import ROOT, boards

TYPES = pathlib.Path(__file__).resolve().parent / "types"
NPM = ROOT / "build/tools/npm/types"
INSTALLED = NPM / "node_modules"


def complaints(files):
    """What the compiler says of dashboards, name -> JSON text."""
    with tempfile.TemporaryDirectory() as folder:
        top = pathlib.Path(folder)
        (top / "node_modules").symlink_to(INSTALLED)
        (top / "boards.ts").write_text((TYPES / "boards.ts").read_text())
        (top / "tsconfig.json").write_text(
            '{"compilerOptions": {"strict": true, "noEmit": true, "skipLibCheck": true, '
            '"module": "esnext", "moduleResolution": "node10", "target": "es2022", "types": []}}')
        for name, text in files.items():
            (top / f"{name}.ts").write_text(
                f'import type {{ Board }} from "./boards";\nexport const board: Board = {text};\n')
        return subprocess.run([INSTALLED / ".bin/tsc", "--project", top], capture_output=True,
                              text=True, timeout=120, check=False, cwd=top).stdout


@unittest.skipUnless((NPM / ".complete").exists(),
                     "scripts/install-dependencies --test installs the types, if npm can")
class TypesTest(unittest.TestCase):
    def test_every_dashboard_is_of_grafanas_types(self):
        texts = {name.removesuffix(".json"): (ROOT / "grafana/dashboards" / name).read_text()
                 for name in boards()}
        self.assertEqual(complaints(texts), "")

    def test_the_check_sees_a_misspelt_option_of_a_panel(self):
        text = (ROOT / "grafana/dashboards/overview.json").read_text()
        for right, wrong in (('"lineWidth"', '"linewidth"'), ('"showLegend"', '"showLegends"'),
                             ('"mode": "absolute"', '"mode": "absolut"'), ('"expr"', '"expression"')):
            self.assertIn(right, text)
            self.assertIn("overview.ts", complaints({"overview": text.replace(right, wrong, 1)}))


if __name__ == "__main__":
    unittest.main()
