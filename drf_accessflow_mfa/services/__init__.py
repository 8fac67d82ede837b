"""The verbs: what callers, views and commands can do. No HTTP here.

``require``    ask whether a caller may pass a flow now
``verify``     accept a code, once
``enroll``     begin and confirm an authenticator app
``manage``     rename and remove devices, replace recovery codes
``revoke``     end verifications
``flows``      create, change and delete access flows
``status``     what a user is shown about their own MFA
``denials``    write down who was refused
``passages``   write down what a verification let through
``reset``      take everything from somebody who lost their second factor
``mail``       tell users what happened
``rotate``     seal secrets with the newest key
``prune``      delete what is old
``seal``, ``audit_check``, ``audit_export``  the audit log, signed, checked, exported
"""
