import { promises as fs } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { MirrorBucket } from "../mirror-bucket";
import type { OpenPieceStore } from "./piece-store";

/**
 * Keeps pieces in a file of a folder (`TEMP_STORAGE_PATH`, `EFS_MOUNT_PATH`). On EFS another task can go on with them.
 * @throws Error when the folder cannot be written
 */
export const createFilePieces =
  (bucket: MirrorBucket, folder: string): OpenPieceStore =>
  async (sha256, pieceBytes) => {
    await fs.mkdir(folder, { recursive: true });
    const path = join(folder, `${sha256}.part`);
    const file: FileHandle = await fs.open(path, "a+").then(async (created) => {
      await created.close();
      return fs.open(path, "r+");
    });
    const { size } = await file.stat();
    const pieces = Math.floor(size / pieceBytes);
    await file.truncate(pieces * pieceBytes);
    const { uploads } = bucket;

    const read = async (start: number, end: number): Promise<Buffer> => {
      const bytes = Buffer.allocUnsafe(end - start);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
      return bytes.subarray(0, bytesRead);
    };
    const discard = async (): Promise<void> => {
      await file.close();
      await fs.rm(path, { force: true });
    };
    return {
      pieces,
      async write(index, bytes) {
        let written = 0;
        while (written < bytes.length) {
          const { bytesWritten } = await file.write(
            bytes,
            written,
            bytes.length - written,
            index * pieceBytes + written,
          );
          written += bytesWritten;
        }
      },
      close: async () => {},
      read,
      async publish(key, headers) {
        const upload = { key, uploadId: await uploads.create(key, headers) };
        const parts = [];
        const { size: bytes } = await file.stat();
        try {
          for (let start = 0; start < bytes; start += pieceBytes)
            parts.push(
              await uploads.uploadPart(
                upload,
                parts.length + 1,
                await read(start, Math.min(start + pieceBytes, bytes)),
              ),
            );
          const isWritten = await uploads.complete(upload, parts);
          if (!isWritten) await uploads.abort(upload);
          await discard();
          return isWritten;
        } catch (error) {
          await uploads.abort(upload).catch(() => {});
          throw error;
        }
      },
      discard,
      release: () => file.close(),
    };
  };
