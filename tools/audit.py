"""Whether a hole is known in the packages of one or more virtual environments: python tools/audit.py .venv ...

pip-audit asks a database on the web. Where that cannot be reached nothing is audited, which is said and is no failure;
pip-audit by itself calls a package that it could not ask for "not found", and the audit clean.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

__all__ = ["audited", "told"]

#: Holes that cannot be reached from here, each with its reason.
HARMLESS = {
    "CVE-2026-69247": "cryptography, the decryption of PKCS#7: signatures are verified here, nothing is decrypted",
}
#: What a virtual environment brings along.
TOOLS = ("pip", "setuptools")


def audited(environment: Path) -> list[dict[str, Any]]:
    """What pip-audit tells of each package; empty if its database cannot be reached."""
    (packages,) = environment.glob("lib/python*/site-packages")
    command = [sys.executable, "-m", "pip_audit", "--format=json", "--progress-spinner=off", f"--path={packages}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return []
    return found


def told(environment: str, found: list[dict[str, Any]]) -> tuple[list[str], bool]:
    """What there is to say of an environment, in lines, and whether it is as it should be."""
    asked = [package for package in found if "vulns" in package and package["name"] not in TOOLS]
    if not asked:
        return [f"{environment}: NOT AUDITED, the database of pip-audit cannot be reached from here."], True
    lines = [f"{environment}: {len(asked)} packages audited."]
    good = True
    for package in asked:
        for hole in package["vulns"]:
            names = [hole["id"], *hole.get("aliases", ())]
            harmless = next((HARMLESS[name] for name in names if name in HARMLESS), "")
            good = good and bool(harmless)
            mended = f"fixed in {', '.join(hole['fix_versions']) or 'no version'}"
            what = f"harmless: {harmless}" if harmless else mended
            lines.append(f"  {package['name']} {package['version']}: {' '.join(names)}, {what}")
    return lines, good


if __name__ == "__main__":
    verdicts = [told(name, audited(Path(name))) for name in sys.argv[1:]]
    for lines, _ in verdicts:
        print("\n".join(lines))
    sys.exit(not all(good for _, good in verdicts))
