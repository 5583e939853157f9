/** A note while it is written: letters go into it, one key keeps it, another leaves it as it was. */
import { useState } from 'react';
import { useKeys } from './use-keys.ts';
import { useTyping } from './use-typing.ts';

export interface NoteWriting {
  /** What it would become; undefined while nobody writes. */
  readonly typing: string | undefined;
  readonly begin: (text: string) => void;
}

export function useNote(onKeep: (text: string) => void): NoteWriting {
  const [typing, setTyping] = useState<string>();
  useTyping((change) => setTyping((before) => change(before ?? '')), typing !== undefined);
  useKeys(
    ['noting'],
    {
      yes: () => {
        onKeep((typing ?? '').trim());
        setTyping(undefined);
      },
      no: () => setTyping(undefined),
    },
    typing !== undefined,
  );
  return { typing, begin: setTyping };
}
