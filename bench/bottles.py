"""Syncs the bottles of a file as usual scripts do: batches with a barrier, small chunks to files, a second pass for the
digest, then the files one after the other to the object store."""

import asyncio
import hashlib
import json
import os
import resource
import sys
import tempfile
import time

import aiohttp
import boto3

CHUNK = 8192
BATCH = 10

try:
    from aiofiles import open as open_file
except ImportError:

    class open_file:
        """What aiofiles does: each call in a thread of a pool."""

        def __init__(self, path, mode):
            self.path, self.mode = path, mode

        async def call(self, function, *arguments):
            return await asyncio.get_running_loop().run_in_executor(None, function, *arguments)

        async def __aenter__(self):
            self.file = await self.call(open, self.path, self.mode)
            return self

        async def __aexit__(self, *_):
            await self.call(self.file.close)

        async def read(self, size):
            return await self.call(self.file.read, size)

        async def write(self, chunk):
            await self.call(self.file.write, chunk)


async def download(session, bottle, path):
    async with session.get(bottle["url"], headers={"Authorization": "Bearer QQ=="}) as response:
        response.raise_for_status()
        async with open_file(path, "wb") as file:
            async for chunk in response.content.iter_chunked(CHUNK):
                await file.write(chunk)
    return path


async def digest(path):
    sha256 = hashlib.sha256()
    async with open_file(path, "rb") as file:
        while chunk := await file.read(CHUNK):
            sha256.update(chunk)
    return sha256.hexdigest()


async def main(file):
    with open(file) as opened:
        given = json.load(opened)
    bottles = given["bottles"]
    s3 = boto3.client(
        "s3",
        endpoint_url=given["endpoint"],
        region_name="eu-west-1",
        aws_access_key_id="bench",
        aws_secret_access_key="bench",
    )
    started = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_SELF)
    size = 0
    with tempfile.TemporaryDirectory() as folder:
        async with aiohttp.ClientSession() as session:
            for at in range(0, len(bottles), BATCH):
                batch = bottles[at : at + BATCH]
                paths = [os.path.join(folder, bottle["sha256"]) for bottle in batch]
                await asyncio.gather(*(download(session, *each) for each in zip(batch, paths)))
                for bottle, path in zip(batch, paths):
                    if await digest(path) != bottle["sha256"]:
                        raise ValueError(bottle["sha256"])
                    size += os.path.getsize(path)
                    s3.upload_file(path, "mirror", "python/blobs/" + bottle["sha256"])
                    os.remove(path)
    after = resource.getrusage(resource.RUSAGE_SELF)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"bytes": size, "seconds": time.monotonic() - started, "cpuSeconds": used}))


asyncio.run(main(sys.argv[1]))
