import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { type Session, sessionKey } from './me';
import { defineWords, useWords } from './words';

const words = defineWords(
  'clock',
  { left: '会话剩余 {{minutes}} 分', soon: '会话还有 {{seconds}} 秒结束', stay: '继续使用' },
  { left: 'Session: {{minutes}} min left', soon: 'Signed out in {{seconds}} s', stay: 'Stay signed in' },
);

/** How long the session lasts without use; at its end everything on the screen goes. */
export function SessionClock({ session, onEnd }: { session: Session; onEnd: () => void }) {
  const say = useWords(words);
  const queries = useQueryClient();
  const [now, setNow] = useState(Date.now());
  const left = session.expires - now;
  const soon = left < 120_000;
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), soon ? 1000 : 10_000);
    return () => clearInterval(timer);
  }, [soon]);
  useEffect(() => {
    if (left <= 0) onEnd();
  }, [left, onEnd]);

  return soon ? (
    <span className="row warn" role="status">
      <span className="num">{say('soon', { seconds: Math.max(0, Math.floor(left / 1000)) })}</span>
      <Button size="small" onClick={() => void queries.invalidateQueries({ queryKey: sessionKey })}>
        {say('stay')}
      </Button>
    </span>
  ) : (
    <span className="quiet num wide-only">{say('left', { minutes: Math.floor(left / 60_000) })}</span>
  );
}
