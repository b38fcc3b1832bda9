import { type ProviderCall, type ProviderReply, startProviderServer } from '@tollgate/sdk/testing';

/** The bytes of a reply on the wire of this call, for tests that spoil some of them. */
export async function bytesOf({ path, body }: ProviderCall, reply: ProviderReply): Promise<Buffer> {
  await using server = await startProviderServer({ replies: [reply] });
  const response = await fetch(server.url + path, { method: 'POST', body: JSON.stringify(body) });
  return Buffer.from(await response.arrayBuffer());
}
