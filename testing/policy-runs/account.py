"""Resources that violate the example policies, two of each type, in the account of local AWS.

    account.py make     makes them, prints their ids by type
    account.py reset    makes them violate the policies again, after these were run
    account.py state    prints what the policies could have changed, by type and id
"""

import json
import sys

import boto3
from botocore.exceptions import ClientError


def client(service):
    return boto3.client(service)


def make():
    s3, ec2, iam, rds = client("s3"), client("ec2"), client("iam"), client("rds")
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    ids = {"s3": [], "ec2": [], "iam-user": [], "security-group": [], "rds": []}
    for n in ("one", "two"):
        s3.create_bucket(Bucket=f"bucket-{n}")
        ids["s3"].append(f"bucket-{n}")

        (instance,) = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"]
        ids["ec2"].append(instance["InstanceId"])

        iam.create_user(UserName=f"user-{n}")
        iam.create_access_key(UserName=f"user-{n}")
        iam.create_login_profile(UserName=f"user-{n}", Password="Correct-horse-7")
        ids["iam-user"].append(f"user-{n}")

        group = ec2.create_security_group(GroupName=f"group-{n}", Description="test")["GroupId"]
        for port in (22, 443):
            open_port(ec2, group, port)
        ids["security-group"].append(group)

        rds.create_db_instance(
            DBInstanceIdentifier=f"database-{n}",
            DBInstanceClass="db.t3.micro",
            Engine="postgres",
            MasterUsername="root",
            MasterUserPassword="Correct-horse-7",
            AllocatedStorage=20,
            PubliclyAccessible=True,
        )
        ids["rds"].append(f"database-{n}")
    return ids


def reset():
    s3, ec2, iam, rds = client("s3"), client("ec2"), client("iam"), client("rds")
    for n in ("one", "two"):
        s3.delete_public_access_block(Bucket=f"bucket-{n}")
        s3.delete_bucket_encryption(Bucket=f"bucket-{n}")

        user = f"user-{n}"
        for key in iam.list_access_keys(UserName=user)["AccessKeyMetadata"]:
            iam.update_access_key(UserName=user, AccessKeyId=key["AccessKeyId"], Status="Active")
        if or_none(iam.get_login_profile, UserName=user) is None:
            iam.create_login_profile(UserName=user, Password="Correct-horse-7")

        rds.modify_db_instance(
            DBInstanceIdentifier=f"database-{n}",
            PubliclyAccessible=True,
            DeletionProtection=False,
            ApplyImmediately=True,
        )
    instances = [
        instance["InstanceId"]
        for reservation in ec2.describe_instances()["Reservations"]
        for instance in reservation["Instances"]
    ]
    ec2.start_instances(InstanceIds=instances)
    ec2.delete_tags(Resources=instances)
    for instance in instances:
        ec2.modify_instance_metadata_options(InstanceId=instance, HttpTokens="optional")
    names = [{"Name": "group-name", "Values": ["group-one", "group-two"]}]
    for group in ec2.describe_security_groups(Filters=names)["SecurityGroups"]:
        if 22 not in [rule.get("FromPort") for rule in group["IpPermissions"]]:
            open_port(ec2, group["GroupId"], 22)
    return {}


def open_port(ec2, group, port):
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": port,
                "ToPort": port,
                "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
            }
        ],
    )


def or_none(call, **arguments):
    try:
        answer = call(**arguments)
    except ClientError:  # the resource has no such setting
        return None
    answer.pop("ResponseMetadata")
    return answer


def state():
    s3, ec2, iam, rds = client("s3"), client("ec2"), client("iam"), client("rds")
    users = [user["UserName"] for user in iam.list_users()["Users"]]
    instances = [
        instance
        for reservation in ec2.describe_instances()["Reservations"]
        for instance in reservation["Instances"]
    ]
    return {
        "s3": {
            bucket["Name"]: {
                "block": or_none(s3.get_public_access_block, Bucket=bucket["Name"]),
                "encryption": or_none(s3.get_bucket_encryption, Bucket=bucket["Name"]),
            }
            for bucket in s3.list_buckets()["Buckets"]
        },
        "ec2": {
            instance["InstanceId"]: {
                "state": instance["State"]["Name"],
                "tokens": instance.get("MetadataOptions", {}).get("HttpTokens"),
                "tags": instance.get("Tags", []),
            }
            for instance in instances
        },
        "iam-user": {
            user: {
                "keys": [
                    key["Status"] for key in iam.list_access_keys(UserName=user)["AccessKeyMetadata"]
                ],
                "password": or_none(iam.get_login_profile, UserName=user) is not None,
                "tags": iam.list_user_tags(UserName=user)["Tags"],
            }
            for user in users
        },
        "security-group": {
            group["GroupId"]: sorted(rule.get("FromPort", -1) for rule in group["IpPermissions"])
            for group in ec2.describe_security_groups()["SecurityGroups"]
        },
        "rds": {
            database["DBInstanceIdentifier"]: {
                "public": database["PubliclyAccessible"],
                "protected": database["DeletionProtection"],
            }
            for database in rds.describe_db_instances()["DBInstances"]
        },
        "lambda": [f["FunctionName"] for f in client("lambda").list_functions()["Functions"]],
    }


print(json.dumps({"make": make, "reset": reset, "state": state}[sys.argv[1]](), default=str))
