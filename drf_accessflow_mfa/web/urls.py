"""The routes of the pages, for ``include()``."""

from django.urls import path, re_path

from drf_accessflow_mfa.web.devices import RemoveDevicePage, RenameDevicePage
from drf_accessflow_mfa.web.enroll import ConfirmPage, EnrollPage
from drf_accessflow_mfa.web.log import LogPage
from drf_accessflow_mfa.web.recovery_codes import RecoveryCodesPage
from drf_accessflow_mfa.web.security import SecurityPage
from drf_accessflow_mfa.web.verifications import ForgetAllPage, ForgetPage
from drf_accessflow_mfa.web.verify import VerifyPage

app_name = "drf_accessflow_mfa_web"

_DEVICE = r"^security/devices/(?P<device_id>[a-z0-9_.]{1,100}-[0-9]{1,18})/"

urlpatterns = [
    path("security/", SecurityPage.as_view(), name="security"),
    path("security/log/", LogPage.as_view(), name="log"),
    path("security/devices/add/", EnrollPage.as_view(), name="enroll"),
    re_path(_DEVICE + r"confirm/$", ConfirmPage.as_view(), name="confirm"),
    re_path(_DEVICE + r"rename/$", RenameDevicePage.as_view(), name="rename"),
    re_path(_DEVICE + r"remove/$", RemoveDevicePage.as_view(), name="remove"),
    path("security/recovery-codes/", RecoveryCodesPage.as_view(), name="recovery-codes"),
    path("security/verifications/forget/", ForgetAllPage.as_view(), name="forget-all"),
    path("security/verifications/<uuid:verification_id>/forget/", ForgetPage.as_view(), name="forget"),
    path("verify/", VerifyPage.as_view(), name="verify"),
]
