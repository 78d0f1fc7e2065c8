import { Repository, type RepositoryProps } from "../../../src/repository";
import { block } from "./block";
import { everyName } from "./names";

const everything: RepositoryProps = {
  name: "acme/all.of_them",
  mutableTags: true,
  untaggedExpirationDays: 1,
  keepImages: 20,
  pullAccountIds: ["111122223333", "222233334444"],
  replicateToRegions: ["eu-west-1", "eu-central-1"],
  forceDelete: true,
  kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  tags: { team: "platform" },
};

export const repository = block<RepositoryProps>({
  module: "repository",
  construct: Repository,
  settings: {
    defaults: { name: "plain" },
    everything,
    named: { ...everything, name: "acme/named", names: everyName(Repository, everything) },
    odd: { name: "0/1/2-a", keepImages: 1, tags: { "a/b": "c" } },
  },
});
