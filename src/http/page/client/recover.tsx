/** The button that recovers a Frigate, with its dialogue: a reason, a confirmation, and what became of it. */
import {useId, useRef, useState, type ReactNode, type SubmitEvent} from 'react';
import type {FrigateDetail} from '../../schemas/types.js';
import {Steps} from '../parts.js';
import {postRecover, type Recovered} from './api.js';

const SHORTEST = 3;

const Outcome = ({outcome}: {readonly outcome: Recovered}): ReactNode =>
  outcome.kind === 'accepted' ? (
    <p className="banner ok" role="status">
      The restart was started (attempt {outcome.attempt}). Its outcome is shown under Restarts.
    </p>
  ) : (
    <div className="banner warning" role="alert">
      <strong>{outcome.problem.title}</strong>
      {outcome.problem.detail !== undefined && (
        <p>
          {outcome.problem.detail}
          {outcome.problem.rule === undefined ? '' : ` (rule ${outcome.problem.rule})`}
        </p>
      )}
      <Steps steps={outcome.problem.steps ?? []} label="What helps" />
    </div>
  );

export const Recover = ({detail}: {readonly detail: FrigateDetail}): ReactNode => {
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState('');
  const [isConfirmed, setConfirmed] = useState(false);
  const [isSending, setSending] = useState(false);
  const [outcome, setOutcome] = useState<Recovered | null>(null);
  const ids = {title: useId(), reason: useId(), hint: useId()};
  const open = (): void => {
    setOutcome(null);
    setConfirmed(false);
    dialog.current?.showModal();
  };
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    setSending(true);
    void postRecover(detail.instanceId, reason.trim(), crypto.randomUUID()).then((found) => {
      setOutcome(found);
      setSending(false);
    });
  };
  const target = `${detail.kind.toLowerCase()}/${detail.name} in namespace ${detail.namespace}`;
  return (
    <>
      <button type="button" className="primary" onClick={open}>
        Recover…
      </button>
      <dialog ref={dialog} aria-labelledby={ids.title}>
        <h2 id={ids.title}>
          Recover {detail.namespace}/{detail.name}
        </h2>
        {outcome?.kind === 'accepted' ? null : (
          <form onSubmit={submit}>
            <p>
              This restarts {target}, if a restart cures what is wrong and no rule refuses it. Recording stops until
              Frigate is back.
            </p>
            <label htmlFor={ids.reason}>Reason</label>
            <textarea
              id={ids.reason}
              aria-describedby={ids.hint}
              value={reason}
              rows={2}
              maxLength={500}
              required
              minLength={SHORTEST}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            <p className="faint" id={ids.hint}>
              It is stored with your name beside the restart.
            </p>
            <label className="check">
              <input
                type="checkbox"
                checked={isConfirmed}
                onChange={(event) => setConfirmed(event.currentTarget.checked)}
              />
              Restart {detail.namespace}/{detail.name} now
            </label>
            <div className="actions">
              <button type="button" onClick={() => dialog.current?.close()}>
                Cancel
              </button>
              <button
                type="submit"
                className="primary"
                disabled={!isConfirmed || isSending || reason.trim().length < SHORTEST}
              >
                {isSending ? 'Asking…' : 'Restart'}
              </button>
            </div>
          </form>
        )}
        {outcome !== null && <Outcome outcome={outcome} />}
        {outcome?.kind === 'accepted' && (
          <div className="actions">
            <button type="button" onClick={() => dialog.current?.close()}>
              Close
            </button>
          </div>
        )}
      </dialog>
    </>
  );
};
