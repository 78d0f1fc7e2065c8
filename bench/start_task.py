"""The flow of start-task in the usual style of Python functions: each invocation creates the helpers and their boto3
clients. Clients at module level would hardly make the first call faster, which is measured here: most of its time is the
import of boto3 and the loading of API models.
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


class DeadLetterQueue:
    def __init__(self):
        self.sqs = boto3.client("sqs")

    def send(self, event, reason):
        body = json.dumps({"requestPayload": event, "responsePayload": {"errorMessage": reason}})
        self.sqs.send_message(QueueUrl=os.environ["DEAD_LETTER_QUEUE_URL"], MessageBody=body)


def handler(event, context):
    starter = TaskStarter()
    dlq = DeadLetterQueue()
    routes = json.loads(gzip.decompress(base64.b64decode(os.environ["ROUTES"])))
    service = event["detail"]["service"]
    if service not in routes:
        dlq.send(event, "unknown service " + service)
        return {"rejected": service}
    task_arn = starter.start(service, routes[service], event)
    logger.info("started %s", task_arn)
    return {"service": service, "taskArn": task_arn}


result = handler({"id": "bench-1", "time": "2026-01-01T00:00:00Z", "detail": {"service": "auth"}}, None)
assert result["taskArn"]
print("done at", time.time() * 1000)
