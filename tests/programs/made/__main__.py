"""Calls a function of a package that is the echo provider with a parameter."""

from base64 import b64encode

import pulumi
from pulumi.runtime import invoke
from pulumi.runtime.settings import register_package

parameter = b64encode(b"parameter").decode()
package = register_package("echo", "1.2.3", "", "made", "2.0.0", parameter)
pulumi.export("echo", invoke("made:index:echo", {}, package_ref=package).value)
