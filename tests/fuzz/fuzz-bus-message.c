/* Messages from anybody on the bus: what libdbus lets through becomes a GVariant or is refused,
 * and comes back from there as it was; read as the options of CreateSession it is a request or
 * an error. */
#include "dbus/variant.h"
#include "rpc/options.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_way_back (GVariant *body, GUnixFDList *fds)
{
  DBusMessage *message
      = dbus_message_new_signal ("/org/fram/Test1", "org.fram.Test1", "Noise");
  g_autoptr (GVariant) back = NULL;
  g_autoptr (GUnixFDList) back_fds = NULL;

  g_assert_cmpint (fram_variant_to_message (message, body, fds), ==, FRAM_VARIANT_OK);
  g_assert_cmpint (fram_variant_from_message (message, &back, &back_fds), ==,
                   FRAM_VARIANT_OK);
  g_assert_true (g_variant_equal (body, back));
  dbus_message_unref (message);
}

static void
read_as_options (GVariant *body)
{
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FramRequest) request = NULL;

  if (!g_variant_is_of_type (body, G_VARIANT_TYPE ("(a{sv})")))
    return;
  options = g_variant_get_child_value (body, 0);
  request = fram_request_new (options, &error);
  g_assert_true ((request == NULL) == (error != NULL));
  if (request == NULL)
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  else
    g_assert_cmpuint (request->session.n_servers, <=, FRAM_MAX_SERVERS);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  DBusMessage *message
      = dbus_message_demarshal ((const char *) data, (int) MIN (size, 1 << 20), NULL);
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  FramVariantResult result;

  if (message == NULL)
    return 0;
  result = fram_variant_from_message (message, &body, &fds);
  g_assert_true ((result == FRAM_VARIANT_OK) == (body != NULL));
  if (result == FRAM_VARIANT_OK)
    {
      check_way_back (body, fds);
      read_as_options (body);
    }
  dbus_message_unref (message);
  return 0;
}
