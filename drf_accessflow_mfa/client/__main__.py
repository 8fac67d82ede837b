"""``python -m drf_accessflow_mfa.client [METHOD] URL``."""

import sys

from drf_accessflow_mfa.client.command import main

sys.exit(main())
