#include "rpc/application.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is read of a file; those that count are shorter. */
#define MAX_READ (64 * 1024)
/* Names in D-Bus, and so those of desktop files, are no longer. */
#define MAX_ID 255

/* A file of another process may be anything: nothing is followed or waited for. */
static char *
read_file (const char *path)
{
  int fd = open (path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
  g_autoptr (GString) text = NULL;
  struct stat file;
  ssize_t n = 0;

  if (fd < 0)
    return NULL;
  text = g_string_sized_new (4096);
  if (fstat (fd, &file) == 0 && S_ISREG (file.st_mode))
    do
      {
        char buffer[4096];

        n = read (fd, buffer, sizeof buffer);
        if (n > 0)
          g_string_append_len (text, buffer, n);
      }
    while ((n > 0 || (n < 0 && errno == EINTR)) && text->len < MAX_READ);
  close (fd);
  /* NUL bytes part the values of an environment. */
  for (gsize i = 0; i < text->len; i++)
    if (text->str[i] == '\0')
      text->str[i] = '\n';
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
read_of (guint32 pid, const char *file)
{
  g_autofree char *path = g_strdup_printf ("/proc/%" G_GUINT32_FORMAT "/%s", pid, file);

  return read_file (path);
}

/* What a name of a desktop file may have, and so nothing that leads out of its directory. */
static gboolean
is_id (const char *text)
{
  gsize length = strlen (text);

  if (length == 0 || length > MAX_ID || *text == '.')
    return FALSE;
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr (".-_+", *c) == NULL)
      return FALSE;
  return TRUE;
}

/* --- Where an id stands ------------------------------------------------------------ */

static char *
find_flatpak (guint32 pid)
{
  g_autofree char *text = read_of (pid, "root/.flatpak-info");
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (text == NULL
      || !g_key_file_load_from_data (file, text, strlen (text), G_KEY_FILE_NONE, NULL))
    return NULL;
  return g_key_file_get_string (file, "Application", "name", NULL);
}

/* systemd escapes what is not to be part of a name as “\x2d”. */
static char *
unescape (const char *text, gsize length)
{
  GString *plain = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    if (i + 3 < length && text[i] == '\\' && text[i + 1] == 'x'
        && g_ascii_isxdigit (text[i + 2]) && g_ascii_isxdigit (text[i + 3]))
      {
        g_string_append_c (plain, (char) (g_ascii_xdigit_value (text[i + 2]) * 16
                                          + g_ascii_xdigit_value (text[i + 3])));
        i += 3;
      }
    else
      g_string_append_c (plain, text[i]);
  return g_string_free (plain, FALSE);
}

/* app[-LAUNCHER]-ID-RANDOM.scope, app[-LAUNCHER]-ID[@RANDOM].service */
char *
fram_application_id_from_cgroup (const char *path)
{
  const char *unit = strrchr (path, '/');
  g_autofree char *id = NULL;
  const char *end, *begin;

  unit = unit != NULL ? unit + 1 : path;
  if (!g_str_has_prefix (unit, "app-"))
    return NULL;
  unit += strlen ("app-");
  if (g_str_has_suffix (unit, ".scope"))
    end = strrchr (unit, '-');
  else if (g_str_has_suffix (unit, ".service"))
    {
      end = strchr (unit, '@');
      end = end != NULL ? end : unit + strlen (unit) - strlen (".service");
    }
  else
    return NULL;
  if (end == NULL || end == unit)
    return NULL;
  begin = g_strrstr_len (unit, end - unit, "-");
  begin = begin != NULL ? begin + 1 : unit;
  id = unescape (begin, end - begin);
  return is_id (id) ? g_steal_pointer (&id) : NULL;
}

static char *
find_unit (guint32 pid)
{
  g_autofree char *text = read_of (pid, "cgroup");
  g_auto (GStrv) lines = text != NULL ? g_strsplit (text, "\n", -1) : NULL;

  for (char **line = lines; line != NULL && *line != NULL; line++)
    {
      char *id = fram_application_id_from_cgroup (*line);

      if (id != NULL)
        return id;
    }
  return NULL;
}

static const char *
find_variable (char **environment, const char *name)
{
  gsize length = strlen (name);

  for (char **variable = environment; *variable != NULL; variable++)
    if (strncmp (*variable, name, length) == 0 && (*variable)[length] == '=')
      return *variable + length + 1;
  return NULL;
}

/* GIO tells a process by which desktop file it was started.  Its children inherit that, and
 * are not it. */
static char *
find_launched (guint32 pid)
{
  g_autofree char *text = read_of (pid, "environ");
  g_auto (GStrv) environment = text != NULL ? g_strsplit (text, "\n", -1) : NULL;
  const char *file, *launched;
  g_autofree char *name = NULL;

  if (environment == NULL)
    return NULL;
  file = find_variable (environment, "GIO_LAUNCHED_DESKTOP_FILE");
  launched = find_variable (environment, "GIO_LAUNCHED_DESKTOP_FILE_PID");
  if (file == NULL || launched == NULL || !g_str_has_suffix (file, ".desktop")
      || g_ascii_strtoull (launched, NULL, 10) != pid)
    return NULL;
  name = g_path_get_basename (file);
  return g_strndup (name, strlen (name) - strlen (".desktop"));
}

/* --- Putting it together ----------------------------------------------------------- */

/* The user's own files come first, then those of the system and of Flatpak. */
static GKeyFile *
find_file (const char *id)
{
  g_autofree char *name = g_strconcat ("applications/", id, ".desktop", NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (!g_key_file_load_from_data_dirs (file, name, NULL, G_KEY_FILE_NONE, NULL))
    return NULL;
  return g_steal_pointer (&file);
}

static void
take_file (FramApplication *application, GKeyFile *file)
{
  g_autofree char *name = g_key_file_get_locale_string (
      file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_NAME, NULL, NULL);
  g_autofree char *icon = g_key_file_get_locale_string (
      file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_ICON, NULL, NULL);

  if (name != NULL && *name != '\0')
    application->name = g_steal_pointer (&name);
  /* A path of a file is no name of an icon. */
  if (icon != NULL && strchr (icon, '/') == NULL)
    application->icon = g_steal_pointer (&icon);
}

static gboolean
try_id (FramApplication *application, char *id)
{
  g_autofree char *owned = id;
  g_autoptr (GKeyFile) file = NULL;

  if (owned == NULL || !is_id (owned))
    return FALSE;
  file = find_file (owned);
  if (file != NULL)
    take_file (application, file);
  application->id = g_steal_pointer (&owned);
  return TRUE;
}

/* A command may have the name of a desktop file; it is no id unless there is one. */
static void
try_command (FramApplication *application)
{
  g_autoptr (GKeyFile) file
      = is_id (application->command) ? find_file (application->command) : NULL;

  if (file == NULL)
    return;
  take_file (application, file);
  application->id = g_strdup (application->command);
}

FramApplication *
fram_application_new (guint32 pid, const char *command)
{
  FramApplication *application = g_new0 (FramApplication, 1);
  gboolean is_flatpak;

  application->pid = pid;
  application->command = g_strdup (command);
  is_flatpak = try_id (application, find_flatpak (pid));
  if (!is_flatpak && !try_id (application, find_launched (pid))
      && !try_id (application, find_unit (pid)))
    try_command (application);

  if (application->id == NULL)
    application->id = g_strdup ("");
  if (application->icon == NULL)
    application->icon = g_strdup ("");
  /* The process that a Flatpak speaks through is not the application. */
  if (application->name == NULL && !is_flatpak && *application->command != '\0')
    application->name = g_strdup (application->command);
  if (application->name == NULL)
    application->name = g_strdup (*application->id != '\0' ? application->id
                                                           : FRAM_APPLICATION_UNKNOWN);
  return application;
}

void
fram_application_free (FramApplication *application)
{
  if (application == NULL)
    return;
  g_free (application->id);
  g_free (application->name);
  g_free (application->icon);
  g_free (application->command);
  g_free (application);
}
