/* Changes settings without end, until it is killed: `settings-writer PATH`.
 *
 * Each number N is one change of three settings: linger is N modulo a day, the one denied
 * interface is called “nN”, and the history is on if N is even.  Then the servers change: of
 * two, which are there from the first change on, the first one gets N as its user name, and
 * the second one takes its place.  It begins with the number after that of the name in the
 * file. */
#include "store/servers.h"

#include <stdio.h>
#include <stdlib.h>

static guint64
find_last (const FramSettings *settings)
{
  g_autofree const char **names
      = fram_settings_get_words (settings, FRAM_SETTING_INTERFACES_DENY);

  return names[0] != NULL ? g_ascii_strtoull (names[0] + 1, NULL, 10) : 0;
}

static gboolean
change (FramSettings *settings, guint64 number)
{
  g_autofree char *name = g_strdup_printf ("n%" G_GUINT64_FORMAT, number);
  const char *const names[] = { name, NULL };
  const FramSettingChange changes[] = {
    { FRAM_SETTING_LINGER, g_variant_new_int32 (number % 86400) },
    { FRAM_SETTING_INTERFACES_DENY, g_variant_new_strv (names, 1) },
    { FRAM_SETTING_HISTORY, g_variant_new_boolean (number % 2 == 0) },
  };
  g_autoptr (GError) error = NULL;
  gboolean done
      = fram_settings_change (settings, changes, G_N_ELEMENTS (changes), &error);

  if (!done)
    printf ("notice: %s\n", error->message);
  return done;
}

static gboolean
edit (FramSettings *settings, const FramServerEdit *what)
{
  g_autoptr (GError) error = NULL;
  gboolean done = fram_servers_edit (settings, what, &error);

  if (!done)
    printf ("notice: %s\n", error->message);
  return done;
}

static gboolean
change_servers (FramSettings *settings, guint64 number)
{
  const GPtrArray *servers = fram_servers_list (settings);
  g_autofree char *username = g_strdup_printf ("%" G_GUINT64_FORMAT, number);
  g_autofree char *id = NULL;
  FramServerEdit what
      = { .fields = { .which = FRAM_SERVER_URI, .uri = "turn:localhost" } };

  while (servers->len < 2)
    {
      what.id = servers->len == 0 ? "one" : "two";
      if (!edit (settings, &what))
        return FALSE;
      servers = fram_servers_list (settings);
    }
  id = g_strdup (((const FramServerEntry *) servers->pdata[0])->id);
  what = (FramServerEdit){
    .operation = FRAM_SERVER_CHANGE,
    .id = id,
    .fields = { .which = FRAM_SERVER_USERNAME | FRAM_SERVER_POSITION,
                .username = username,
                .position = 1 },
  };
  return edit (settings, &what);
}

int
main (int argc, char *argv[])
{
  const char *const *problems;
  FramSettings *settings;
  guint64 number;

  if (argc != 2)
    return EXIT_FAILURE;
  setvbuf (stdout, NULL, _IOLBF, 0);
  settings = fram_settings_new (argv[1], NULL);
  problems = fram_settings_get_problems (settings);
  if (problems[0] != NULL)
    printf ("notice: %s\n", problems[0]);
  number = find_last (settings);
  printf ("ready\n");
  /* The one before may have been killed between the two changes of a number. */
  if (number > 0)
    change_servers (settings, number);
  /* Who reads this kills; if it goes away instead, the writer ends too. */
  while (printf ("%" G_GUINT64_FORMAT "\n", number) > 0)
    if (!change (settings, ++number) || !change_servers (settings, number))
      break;
  fram_settings_free (settings);
  return EXIT_FAILURE;
}
