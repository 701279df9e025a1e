"""A strict, stateful stand-in for the commercetools HTTP API.

What it does follows commercetools' documentation (https://docs.commercetools.com/api) and the type
descriptions of its TypeScript SDK; where neither says what happens, the docstring of the code in question
says what was chosen.
"""

from sandbox.commercetools.application import create_app
from sandbox.commercetools.seed import plant
from sandbox.commercetools.settings import ApiClient, BaseUrl, ProjectSettings

__all__ = ["ApiClient", "BaseUrl", "ProjectSettings", "create_app", "plant"]
