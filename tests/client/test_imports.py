"""The client runs where no Django is."""

import subprocess
import sys

from tests.support.servers import ROOT

IMPORT = """
import sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "rest_framework", "django_otp", "cryptography", "pyotp", "segno"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Block())
import drf_accessflow_mfa.client, drf_accessflow_mfa.client.command
print(*sorted(name for name in sys.modules if name.startswith("drf_accessflow_mfa.")))
"""


def test_the_client_imports_no_django_and_of_this_package_only_the_domain() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert {name.split(".")[1] for name in done.stdout.split()} == {"client", "domain"}
