"""An editable install asks for `has_data` and means `has_data_files`; without this line the kernelspec is not installed."""

from setuptools import Distribution, setup

Distribution.has_data = Distribution.has_data_files
setup()
