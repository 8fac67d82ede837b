"""The authenticators agree with each other, before they judge anything of ours."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
import segno

from tests.support.authenticators import KeePassXC, OathTool, PyOTP, read_qr

# RFC 6238, appendix B: the SHA-1 seed, and its codes cut to six digits.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")]
URI = (
    f"otpauth://totp/Acme%20Ops:rita?secret={RFC_SECRET}&issuer=Acme%20Ops&algorithm=SHA1&digits=6&period=30"
)


@pytest.mark.needs("chromium", "zbarimg")
def test_a_photographed_qr_code_reads_as_what_was_drawn(tmp_path: Path) -> None:
    svg = segno.make(URI, error="m").svg_inline(scale=4, light="#fff")

    assert read_qr(svg, directory=tmp_path) == URI


@pytest.mark.needs("oathtool")
@pytest.mark.parametrize(("second", "code"), RFC_CODES)
def test_oathtool_and_pyotp_show_the_codes_of_the_rfc(second: int, code: str) -> None:
    moment = datetime.fromtimestamp(second, UTC)

    assert OathTool(URI).code_at(moment) == code
    assert PyOTP(URI).code_at(moment) == code


@pytest.mark.needs("keepassxc-cli")
def test_keepassxc_shows_the_code_of_now(tmp_path: Path) -> None:
    app = KeePassXC(URI, directory=tmp_path)
    before = datetime.now(UTC)

    code = app.code()

    totp = pyotp.TOTP(RFC_SECRET)
    assert code in {totp.at(before), totp.at(before + timedelta(seconds=30))}
