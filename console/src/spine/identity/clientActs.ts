import type { Schemas } from '../../api/client';

/** One act on a client that pushes work orders, as it was approved. */
export type ClientAct =
  | { kind: 'create'; create: Schemas['ClientRequest'] }
  | { kind: 'change'; client: string; change: Schemas['ClientChange'] }
  | { kind: 'rotate'; client: string; rotate: Schemas['ClientRotation'] }
  | { kind: 'handOver'; client: string; handOver: Schemas['ClientHandOver'] };

/** Reads the act out of what the approver was shown: it is sent as it stands there, so nothing else is carried out under the approval. Null: no such act. */
export function clientActOf(approval: { act: string; preview: string }): ClientAct | null {
  if (approval.act !== 'client.tickets') return null;
  try {
    const { client, create, change, rotate, handOver } = JSON.parse(approval.preview) as {
      client?: string | null;
      create?: Schemas['ClientRequest'] | null;
      change?: Schemas['ClientChange'] | null;
      rotate?: Schemas['ClientRotation'] | null;
      handOver?: Schemas['ClientHandOver'] | null;
    };
    if (create) return { kind: 'create', create };
    if (!client) return null;
    if (change) return { kind: 'change', client, change };
    if (rotate) return { kind: 'rotate', client, rotate };
    return handOver ? { kind: 'handOver', client, handOver } : null;
  } catch {
    return null;
  }
}
