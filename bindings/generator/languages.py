"""The languages that something is generated for, each by a module of its own beside this one.

Each is a function that is given the description and gives texts by the names of their files, from the root of the
project.
"""

from collections.abc import Callable

from generator.cpp import cpp
from generator.description import Description
from generator.dotnet import dotnet
from generator.go import go
from generator.python import python

LANGUAGES: list[Callable[[Description], dict[str, str]]] = [cpp, dotnet, go, python]
