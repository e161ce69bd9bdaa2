/* Who a process is: units of systemd, and this very process. */
#include <glib/gstdio.h>
#include <unistd.h>

#include "rpc/application.h"

static void
test_units (void)
{
  static const struct
  {
    const char *path, *id;
  } cases[] = {
    { "0::/user.slice/app.slice/app-gnome-org.example.App-123.scope", "org.example.App" },
    { "app-org.example.App-123.scope", "org.example.App" },
    { "app-flatpak-org.example.App-99.scope", "org.example.App" },
    { "/app.slice/app-firefox-7.scope", "firefox" },
    { "app-gnome-my\\x2dapp-7.scope", "my-app" },
    { "app-org.example.App@0123abcd.service", "org.example.App" },
    { "app-org.example.App.service", "org.example.App" },
    { "app-dbus\\x2d:1.2\\x2dorg.example.App@0.service", NULL },
    /* nothing that a desktop file could be called */
    { "app-..\\x2f..\\x2fetc\\x2fpasswd-1.scope", NULL },
    { "app-.hidden-1.scope", NULL },
    { "app--1.scope", NULL },
    { "app-.scope", NULL },
    { "app-", NULL },
    { "app.scope", NULL },
    { "session-2.scope", NULL },
    { "vte-spawn-0.scope", NULL },
    { "app-x-1.slice", NULL },
    { "0::/", NULL },
    { "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *id = fram_application_id_from_cgroup (cases[i].path);

      g_assert_cmpstr (id, ==, cases[i].id);
    }
}

static void
test_process (void)
{
  FramApplication *application
      = fram_application_new ((guint32) getpid (), "no-such-command");

  g_assert_cmpuint (application->pid, ==, getpid ());
  g_assert_cmpstr (application->command, ==, "no-such-command");
  g_assert_cmpstr (application->name, !=, "");
  g_assert_nonnull (application->id);
  g_assert_nonnull (application->icon);
  fram_application_free (application);
}

/* Nothing is there of it: neither an error nor an empty name. */
static void
test_no_process (void)
{
  FramApplication *known = fram_application_new (G_MAXUINT32, "no-such-command");
  FramApplication *unknown = fram_application_new (G_MAXUINT32, "");

  g_assert_cmpstr (known->name, ==, "no-such-command");
  g_assert_cmpstr (known->id, ==, "");
  g_assert_cmpstr (unknown->name, ==, FRAM_APPLICATION_UNKNOWN);
  fram_application_free (known);
  fram_application_free (unknown);
  fram_application_free (NULL);
}

/* A command that is called as a desktop file is takes its name and icon from there. */
static void
test_desktop_file (void)
{
  g_autofree char *directory
      = g_build_filename (g_get_user_data_dir (), "applications", NULL);
  g_autofree char *path = g_build_filename (directory, "fram-test-caller.desktop", NULL);
  FramApplication *application;

  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_assert_true (g_file_set_contents (
      path,
      "[Desktop Entry]\nType=Application\nName=Caller of Tests\nExec=true\n"
      "Icon=call-start\n",
      -1, NULL));
  application = fram_application_new (G_MAXUINT32, "fram-test-caller");
  g_assert_cmpstr (application->id, ==, "fram-test-caller");
  g_assert_cmpstr (application->name, ==, "Caller of Tests");
  g_assert_cmpstr (application->icon, ==, "call-start");
  fram_application_free (application);
  application = fram_application_new (G_MAXUINT32, "../applications/fram-test-caller");
  g_assert_cmpstr (application->id, ==, "");
  fram_application_free (application);
  g_assert_cmpint (g_unlink (path), ==, 0);
}

int
main (int argc, char **argv)
{
  g_autofree char *directory = g_dir_make_tmp ("fram-application-XXXXXX", NULL);
  g_autofree char *applications = g_build_filename (directory, "applications", NULL);
  int status;

  /* Before anything asks for it. */
  g_setenv ("XDG_DATA_HOME", directory, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rpc/application/units", test_units);
  g_test_add_func ("/rpc/application/process", test_process);
  g_test_add_func ("/rpc/application/no-process", test_no_process);
  g_test_add_func ("/rpc/application/desktop-file", test_desktop_file);
  status = g_test_run ();
  g_assert_cmpint (g_rmdir (applications), ==, 0);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
  return status;
}
