import { startEvent } from "../../handlers/start-task/world";
import type { EventCase } from "./history";

/** Two bytes each, so that characters and bytes differ. */
const filler = (bytes: number) => "ä".repeat(Math.max(0, Math.ceil((bytes - 300) / 2)));

/** The event of a case, as EventBridge delivers it. */
export const eventOf = ({ form, service, size }: EventCase, id: string, now: number): object => {
  const time = new Date(now).toISOString();
  const more = { text: filler(size) };
  switch (form) {
    case "asking":
      return { ...startEvent(service, id, more), time };
    case "assigned":
      return { service, event: { ...startEvent("", id), time, detail: { findings: [more] } } };
    case "unknown":
      return { ...startEvent("nobody", id, more), time };
    case "malformed":
      return { ...startEvent("", id), time, detail: { service: 7, ...more } };
  }
};

/** The id of such an event. */
export const idOf = (event: unknown): string => {
  const { id, event: inner } = event as { id?: string; event?: { id: string } };
  return id ?? inner?.id ?? "";
};
