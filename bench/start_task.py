"""The flow of start-task as such functions are written in Python: the helpers, and with them the boto3 clients,
are made in every invocation. Clients at module level would make later calls faster, but not the first one measured
here by much: importing boto3 and loading the API models is what takes the time.
"""

import base64
import gzip
import json
import logging
import os
import time

import boto3

logger = logging.getLogger()


class TaskStarter:
    def __init__(self):
        self.ecs = boto3.client("ecs")

    def start(self, service, route, event):
        response = self.ecs.run_task(
            cluster=route["cluster"],
            taskDefinition=route["family"],
            count=1,
            launchType="FARGATE",
            networkConfiguration={
                "awsvpcConfiguration": {
                    "subnets": route["subnets"],
                    "securityGroups": route["securityGroups"],
                    "assignPublicIp": "DISABLED",
                }
            },
            group="route-" + service,
            overrides={
                "containerOverrides": [
                    {
                        "name": route["container"],
                        "environment": [{"name": "EVENT_PAYLOAD", "value": json.dumps(event)}],
                    }
                ]
            },
        )
        if response["failures"]:
            raise RuntimeError(response["failures"][0]["reason"])
        return response["tasks"][0]["taskArn"]


class DeadLetters:
    def __init__(self):
        self.sqs = boto3.client("sqs")

    def send(self, event, reason):
        body = json.dumps({"requestPayload": event, "responsePayload": {"errorMessage": reason}})
        self.sqs.send_message(QueueUrl=os.environ["DEAD_LETTER_QUEUE_URL"], MessageBody=body)


def handler(event, context):
    starter = TaskStarter()
    dead_letters = DeadLetters()
    routes = json.loads(gzip.decompress(base64.b64decode(os.environ["ROUTES"])))
    service = event["detail"]["service"]
    if service not in routes:
        dead_letters.send(event, "unknown service " + service)
        return {"rejected": service}
    task_arn = starter.start(service, routes[service], event)
    logger.info("started %s", task_arn)
    return {"service": service, "taskArn": task_arn}


result = handler({"id": "bench-1", "time": "2026-01-01T00:00:00Z", "detail": {"service": "auth"}}, None)
assert result["taskArn"]
print("done at", time.time() * 1000)
