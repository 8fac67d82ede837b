"""The one door to django-otp: which devices a user has, and how to judge a code.

Each kind of device is a module with one class of one shape (``kinds.DeviceKind``).
"""
