/* TLS and DTLS: who the server is.  (RFC 8489 §6.2.3, RFC 7350 §4)
 *
 * Nothing is sent to a server that cannot prove its name by a certificate of an authority
 * that counts: the system's, or those of the file that its entry names. */
#include "io/stream-private.h"

#include "io/authority.h"

#include <string.h>

/* --- Certificates ------------------------------------------------------------------ */

typedef struct
{
  GTlsCertificateFlags flag;
  const char *words;
} Objection;

static const Objection objections[] = {
  { G_TLS_CERTIFICATE_BAD_IDENTITY, "it is for another name" },
  { G_TLS_CERTIFICATE_UNKNOWN_CA,
    "it is not signed by an authority that is trusted here" },
  { G_TLS_CERTIFICATE_EXPIRED, "it has expired" },
  { G_TLS_CERTIFICATE_NOT_ACTIVATED, "it is not valid yet" },
  { G_TLS_CERTIFICATE_REVOKED, "it was revoked" },
  { G_TLS_CERTIFICATE_INSECURE, "it is made in an insecure way" },
  { G_TLS_CERTIFICATE_GENERIC_ERROR, "it is faulty" },
};

/* Return: (transfer full). */
static char *
object_in_words (const FramStream *stream)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "the certificate of %s:", stream->name);
  for (guint i = 0; i < G_N_ELEMENTS (objections); i++)
    if (stream->objections & objections[i].flag)
      g_string_append_printf (text, "%s %s", text->str[text->len - 1] == ':' ? "" : ",",
                              objections[i].words);
  return g_string_free (text, FALSE);
}

/* What is to be put right first: nothing that a stranger signed is to be believed. */
static FramStreamFailure
classify_objections (GTlsCertificateFlags found)
{
  if (found & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return FRAM_STREAM_CERTIFICATE_AUTHORITY;
  if (found & G_TLS_CERTIFICATE_BAD_IDENTITY)
    return FRAM_STREAM_CERTIFICATE_NAME;
  if (found & G_TLS_CERTIFICATE_EXPIRED)
    return FRAM_STREAM_CERTIFICATE_EXPIRED;
  return FRAM_STREAM_CERTIFICATE;
}

static gboolean
on_certificate (gpointer connection, GTlsCertificate *certificate,
                GTlsCertificateFlags errors, gpointer user_data)
{
  ((FramStream *) user_data)->objections = errors;
  return FALSE;
}

/* Whose certificate it must be.  A name in the DNS may end in the root's dot; in a
 * certificate it does not. */
static GSocketConnectable *
make_identity (const FramStream *stream)
{
  guint16 port = stream->target.remote.port;
  gsize length = strlen (stream->name);
  g_autofree char *name
      = g_strndup (stream->name, length - g_str_has_suffix (stream->name, "."));

  return g_network_address_new (name, port);
}

/* Return: FALSE: it cannot be read, and the stream has failed; `*ret_database` NULL: the
 * system's store. */
static gboolean
find_authority (FramStream *stream, GTlsDatabase **ret_database)
{
  g_autoptr (GError) error = NULL;

  *ret_database = NULL;
  if (stream->authority == NULL)
    return TRUE;
  *ret_database = fram_authority_open (stream->authority, &error);
  if (*ret_database == NULL)
    fram_stream_fail (stream, FRAM_STREAM_CERTIFICATE, error->message);
  return *ret_database != NULL;
}

static void
fail_handshake (FramStream *stream, const GError *error)
{
  if (stream->objections != 0)
    {
      g_autofree char *words = object_in_words (stream);

      fram_stream_fail (stream, classify_objections (stream->objections), words);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    fram_stream_fail (stream, FRAM_STREAM_UNREACHABLE, error->message);
  else
    fram_stream_fail (stream, FRAM_STREAM_TLS, error->message);
}

/* --- TLS --------------------------------------------------------------------------- */

static void
on_handshake (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FramStream *stream = user_data;
  GTlsConnection *tls = G_TLS_CONNECTION (object);
  g_autoptr (GIOStream) base = NULL;
  g_autoptr (GError) error = NULL;

  g_signal_handlers_disconnect_by_data (tls, stream);
  if (!g_tls_connection_handshake_finish (tls, result, &error))
    fail_handshake (stream, error);
  else if (!stream->is_over)
    {
      g_object_get (tls, "base-io-stream", &base, NULL);
      fram_stream_open (stream, G_IO_STREAM (tls),
                        g_socket_connection_get_socket (G_SOCKET_CONNECTION (base)));
    }
  fram_stream_release (stream);
}

void
fram_stream_start_tls (FramStream *stream, GSocketConnection *connection)
{
  g_autoptr (GSocketConnectable) identity = make_identity (stream);
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (GIOStream) tls = NULL;
  g_autoptr (GError) error = NULL;

  if (!find_authority (stream, &database))
    return;
  tls = g_tls_client_connection_new (G_IO_STREAM (connection), identity, &error);
  if (tls == NULL)
    {
      fram_stream_fail (stream, FRAM_STREAM_TLS, error->message);
      return;
    }
  if (database != NULL)
    g_tls_connection_set_database (G_TLS_CONNECTION (tls), database);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (on_certificate), stream);
  fram_stream_begin (stream);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT,
                                    stream->cancellable, on_handshake, stream);
  fram_stream_end (stream);
}

/* --- DTLS -------------------------------------------------------------------------- */

/* Where it must not block, GnuTLS sleeps 50 ms before it looks for each message of the
 * handshake again (in a thread of GIO's): that takes half a second on any way. */

static void
on_dtls_handshake (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FramStream *stream = user_data;
  GDtlsConnection *dtls = G_DTLS_CONNECTION (object);
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;

  g_signal_handlers_disconnect_by_data (dtls, stream);
  if (!g_dtls_connection_handshake_finish (dtls, result, &error))
    fail_handshake (stream, error);
  else if (!stream->is_over)
    {
      g_object_get (dtls, "base-socket", &socket, NULL);
      fram_stream_open_datagrams (stream, G_DATAGRAM_BASED (dtls), socket);
    }
  fram_stream_release (stream);
}

void
fram_stream_start_dtls (FramStream *stream, GSocket *socket)
{
  g_autoptr (GSocketConnectable) identity = make_identity (stream);
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (GDatagramBased) dtls = NULL;
  g_autoptr (GError) error = NULL;

  if (!find_authority (stream, &database))
    return;
  dtls = g_dtls_client_connection_new (G_DATAGRAM_BASED (socket), identity, &error);
  if (dtls == NULL)
    {
      fram_stream_fail (stream, FRAM_STREAM_TLS, error->message);
      return;
    }
  if (database != NULL)
    g_dtls_connection_set_database (G_DTLS_CONNECTION (dtls), database);
  g_signal_connect (dtls, "accept-certificate", G_CALLBACK (on_certificate), stream);
  fram_stream_begin (stream);
  g_dtls_connection_handshake_async (G_DTLS_CONNECTION (dtls), G_PRIORITY_DEFAULT,
                                     stream->cancellable, on_dtls_handshake, stream);
  fram_stream_end (stream);
}
