"""Parses YAML as Cloud Custodian does. Reads a JSON list of texts from stdin, prints what each is."""

import json
import sys

from c7n.utils import yaml_load

json.dump([yaml_load(text) for text in json.load(sys.stdin)], sys.stdout, default=str)
