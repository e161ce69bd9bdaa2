/* The settings as a program in C uses them: it changes one, hears of it, and takes it back.
 * It exits with 0 if all went as it should. */
#include <fram.h>

#include <stdlib.h>

typedef struct
{
  GMainLoop *loop;
  FramSettings *settings;
  guint n_changes;
  gint32 linger; /* as told last */
} Use;

static void
on_changed (FramSettings *settings, GVariant *values, gpointer user_data)
{
  Use *use = user_data;

  if (g_variant_lookup (values, "linger", "i", &use->linger))
    use->n_changes++;
  g_main_loop_quit (use->loop);
}

static void
on_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!fram_settings_set_values_finish (FRAM_SETTINGS (source), result, &error))
    g_error ("%s", error->message);
}

static void
check_value (FramSettings *settings, gint32 expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value
      = fram_settings_get_value_sync (settings, "linger", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (g_variant_get_int32 (value), ==, expected);
}

static void
check_rows (FramSettings *settings)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = fram_settings_list_sync (settings, NULL, &error);
  FramSetting *first;

  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, >=, 6);
  first = fram_setting_ref (rows->pdata[0]);
  g_clear_pointer (&rows, g_ptr_array_unref);
  g_assert_cmpstr (first->name, ==, "linger");
  g_assert_cmpstr (first->origin, ==, "user");
  g_assert_cmpint (g_variant_get_int32 (first->value), ==, 7);
  g_assert_cmpint (g_variant_get_int32 (first->fallback), ==, 60);
  fram_setting_unref (first);
}

int
main (void)
{
  const char *const names[] = { "linger", NULL };
  Use use = { .loop = g_main_loop_new (NULL, FALSE) };
  g_autoptr (GError) error = NULL;
  FramClient *client = fram_client_new_sync (NULL, NULL, &error);

  g_assert_no_error (error);
  use.settings = fram_settings_new (client);
  g_assert_true (fram_settings_get_client (use.settings) == client);
  g_signal_connect (use.settings, "changed", G_CALLBACK (on_changed), &use);
  fram_settings_set_values_async (use.settings, g_variant_new_parsed ("{'linger': <7>}"),
                                  NULL, on_set, NULL);
  g_main_loop_run (use.loop);
  g_assert_cmpuint (use.n_changes, ==, 1);
  g_assert_cmpint (use.linger, ==, 7);
  check_value (use.settings, 7);
  check_rows (use.settings);

  g_assert_true (fram_settings_reset_sync (use.settings, names, NULL, &error));
  g_assert_no_error (error);
  g_main_loop_run (use.loop);
  g_assert_cmpint (use.linger, ==, 60);
  check_value (use.settings, 60);
  g_object_unref (use.settings);
  g_object_unref (client);
  g_main_loop_unref (use.loop);
  return EXIT_SUCCESS;
}
