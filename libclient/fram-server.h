/* The servers of the settings, and what a test of one found.  Both are snapshots. */
#pragma once

#include <fram-types.h>

G_BEGIN_DECLS

/**
 * FramServer:
 * @id: What it is called: letters, digits, `-`.
 * @uri: Its URI (RFC 7064, RFC 7065).
 * @name: Its name for people; may be empty.
 * @enabled: Whether sessions use it.
 * @credential: The kind of its credential, as a word: `none`, `long-term` (a user name and a
 *   password) or `shared-secret` (passwords that expire, made from a secret that the server
 *   has too).
 * @username: The user name; may be empty.
 * @has_secret: Whether its password or secret is known to the service.
 * @storage: Where that is kept, as a word: `keyring`, `memory` (until the service ends),
 *   `file` or `administrator`; empty if there is none.  A keyring that is locked keeps a
 *   secret that is not known.
 * @authority: The file of certificates that the server's is checked against; empty: those of
 *   the system.
 * @file: The file in which an administrator gives this server; empty if it is the user's.
 *
 * A STUN or TURN server that all sessions have besides their own.
 */
struct _FramServer
{
  /*< private >*/
  GVariant *backing;

  /*< public >*/
  const char *id;
  const char *uri;
  const char *name;
  gboolean enabled;
  const char *credential;
  const char *username;
  gboolean has_secret;
  const char *storage;
  const char *authority;
  const char *file;
};

#define FRAM_TYPE_SERVER (fram_server_get_type ())
FRAM_API GType fram_server_get_type (void);

FRAM_API FramServer *fram_server_ref (FramServer *self);
FRAM_API void fram_server_unref (FramServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramServer, fram_server_unref)

/**
 * FramServerTest:
 * @ok: Whether all is well.
 * @step: The step that failed, as a word: `resolve` (its name), `connect` (by TCP, TLS or
 *   DTLS), `answer` (to a question about our address) or `allocate` (a relay); `done` if none
 *   did.
 * @cause: What went wrong, as a word for programs; empty if nothing did.
 * @advice: That, and what to do about it, as sentences for people; may be empty.
 * @transport: How it was spoken to: `udp`, `tcp`, `tls` or `dtls`.
 * @server: Its address and port; empty if they were not found out, as the next ones.
 * @mapped: The address and port that it sees us at.
 * @relayed: The address and port that it relayed for us.
 * @relayed_6: The same of IPv6.
 * @rtt: The round trip of its answer in microseconds; -1: there was none.
 * @took: The time of the whole test in microseconds.
 * @lifetime: How long it would relay for us unless asked again, in seconds; 0: it did not.
 *
 * What a test of a server found.
 */
struct _FramServerTest
{
  /*< private >*/
  GVariant *backing;

  /*< public >*/
  gboolean ok;
  const char *step;
  const char *cause;
  const char *advice;
  const char *transport;
  const char *server;
  const char *mapped;
  const char *relayed;
  const char *relayed_6;
  gint64 rtt;
  gint64 took;
  guint lifetime;
};

#define FRAM_TYPE_SERVER_TEST (fram_server_test_get_type ())
FRAM_API GType fram_server_test_get_type (void);

FRAM_API FramServerTest *fram_server_test_ref (FramServerTest *self);
FRAM_API void fram_server_test_unref (FramServerTest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramServerTest, fram_server_test_unref)

G_END_DECLS
