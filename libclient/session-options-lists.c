/* What session options have several of: streams and servers. */
#include <string.h>

#include "session-options-private.h"

void
fram_session_server_free (gpointer data)
{
  FramSessionServer *server = data;

  g_free (server->uri);
  g_free (server->username);
  explicit_bzero (server->password, strlen (server->password));
  g_free (server->password);
  g_free (server);
}

/**
 * fram_session_options_add_stream:
 * @self: Options.
 * @n_components: How many components it has, 1 to 4.
 *
 * Asks for one more stream, up to 8.  Without this call there is one of one component.
 */
void
fram_session_options_add_stream (FramSessionOptions *self, guint n_components)
{
  guint32 n = n_components;

  g_return_if_fail (FRAM_IS_SESSION_OPTIONS (self));

  g_array_append_val (self->components, n);
}

/**
 * fram_session_options_add_server:
 * @self: Options.
 * @uri: A STUN or TURN server (RFC 7064, RFC 7065).
 * @username: (nullable): The user name there.
 * @password: (nullable): The password there; it reaches the service in a memory file,
 *   never in a message.
 *
 * Adds a server for this session alone, up to 8.
 */
void
fram_session_options_add_server (FramSessionOptions *self, const char *uri,
                                 const char *username, const char *password)
{
  FramSessionServer *server;

  g_return_if_fail (FRAM_IS_SESSION_OPTIONS (self));
  g_return_if_fail (uri != NULL);

  server = g_new0 (FramSessionServer, 1);
  server->uri = g_strdup (uri);
  server->username = g_strdup (username != NULL ? username : "");
  server->password = g_strdup (password != NULL ? password : "");
  g_ptr_array_add (self->servers, server);
}

/**
 * fram_session_options_get_settings_servers:
 * @self: Options.
 *
 * Tells whether the servers of the settings are used too.
 *
 * Returns: Whether they are; %TRUE in new options.
 */
gboolean
fram_session_options_get_settings_servers (FramSessionOptions *self)
{
  g_return_val_if_fail (FRAM_IS_SESSION_OPTIONS (self), TRUE);

  return self->settings_servers;
}

/**
 * fram_session_options_set_settings_servers:
 * @self: Options.
 * @settings_servers: Whether they are used.
 *
 * Says whether the session uses the servers of the settings, which the user or an
 * administrator has given for all applications, besides those of
 * [method@SessionOptions.add_server].
 */
void
fram_session_options_set_settings_servers (FramSessionOptions *self,
                                           gboolean settings_servers)
{
  g_return_if_fail (FRAM_IS_SESSION_OPTIONS (self));

  self->settings_servers = !!settings_servers;
  g_object_notify (G_OBJECT (self), "settings-servers");
}
