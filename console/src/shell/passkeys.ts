import type { Schemas } from '../api/client';

type Options = Schemas['PasskeyOptionsView'];

/** Browsers refuse passkeys on a bare address (WebAuthn §5.1.2), so there the button is not offered. */
export const passkeysWork = (): boolean =>
  typeof PublicKeyCredential === 'function' && 'parseRequestOptionsFromJSON' in PublicKeyCredential && !/^[\d.]+$|^\[/.test(location.hostname);

/** The person closed the browser's own dialog: no fault, nothing to say. */
export const wasDismissed = (fault: unknown): boolean => fault instanceof DOMException && (fault.name === 'NotAllowedError' || fault.name === 'AbortError');

export async function prove(asked: Options) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked.options as unknown as PublicKeyCredentialRequestOptionsJSON);
  const credential = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  return { ticket: asked.ticket, credential: credential.toJSON() as never };
}

export async function enrol(asked: Options, name: string) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(asked.options as unknown as PublicKeyCredentialCreationOptionsJSON);
  const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  return { ticket: asked.ticket, credential: credential.toJSON() as never, name };
}
