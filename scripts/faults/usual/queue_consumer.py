"""The function that starts jobs, behind a queue: one message after the other, as in the examples for SQS."""

import json

from job_starter import start


def handler(event, context):
    for record in event["Records"]:
        start(json.loads(record["body"]))
