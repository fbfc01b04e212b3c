import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { api, call, callPlainly, type Schemas } from '../api/client';
import { Refusal } from '../api/problem';

export type Session = Schemas['SessionView'];

export const sessionKey = ['session'];

/** The own session; null: nobody is signed in. */
export const useSession = () =>
  useQuery({
    queryKey: sessionKey,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async (): Promise<Session | null> => {
      try {
        return await callPlainly(() => api.GET('/v1/session'));
      } catch (fault) {
        if (fault instanceof Refusal && fault.problem.status === 401) return null;
        throw fault;
      }
    },
  });

/** Takes over what a sign-in or proof answered. */
export function useTakeSession(): (session: Session | null) => void {
  const queries = useQueryClient();
  return (session) => queries.setQueryData(sessionKey, session);
}

type Words = Schemas['CatalogueWordsView'];
export type ItemWords = Schemas['ItemWords'];

/** Who is signed in, what the posts let him try, and what the catalogue's keys are called. */
export interface Me {
  session: Session;
  policies: ReadonlySet<string>;
  acts: ReadonlySet<string>;
  /** Null: every purpose. */
  purposes: ReadonlySet<string> | null;
  posts: ReadonlySet<string>;
  words: Words;
}

export const useMeOf = (session: Session) =>
  useQuery({
    queryKey: ['me', session.id],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async (): Promise<Omit<Me, 'session'>> => {
      const [abilities, words] = await Promise.all([call(() => api.GET('/v1/session/abilities')), call(() => api.GET('/v1/catalogue/words'))]);
      return {
        policies: new Set(abilities.policies),
        acts: new Set(abilities.acts as string[]),
        purposes: abilities.purposes ? new Set(abilities.purposes as string[]) : null,
        posts: new Set(session.posts.map((held) => held.post)),
        words,
      };
    },
  });

export const MeContext = createContext<Me | null>(null);

export function useMe(): Me {
  const me = useContext(MeContext);
  if (!me) throw new Error('Pages stand inside the layout.');
  return me;
}

export const initials = (name: string): string => `${[...name][0] ?? ''}**`;
