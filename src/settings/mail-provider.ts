/**
 * The mail server of a well-known provider, by nodemailer's own list (nodemailer/lib/well-known). Only the list: the SMTP
 * client is loaded where a mail is sent.
 */
import wellKnown from 'nodemailer/lib/well-known';

export interface MailServer {
  readonly host: string;
  readonly port: number;
}

/** What the library itself takes where an entry of the list names no port. */
const SUBMISSION_PORT = 587;
const IMPLICIT_TLS_PORT = 465;

/** The domain of a mail address; `null`: a user name that is no address. */
export const domainOf = (user: string): string | null => /^[^\s@]+@([^\s@]+\.[^\s@]+)$/.exec(user)?.[1] ?? null;

/** The server that takes mail of this user; `null`: no provider of the list has the domain. */
export const mailServerOf = (user: string): MailServer | null => {
  const domain = domainOf(user);
  const found = domain === null ? false : wellKnown(domain);
  if (found === false || found.host === undefined) return null;
  return {
    host: found.host,
    port: Number(found.port ?? (found.secure === true ? IMPLICIT_TLS_PORT : SUBMISSION_PORT)),
  };
};
