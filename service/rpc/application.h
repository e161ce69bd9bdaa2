/* Who a process is, for people: the name and the icon of its application.
 *
 * All of it is what the process and its starter say, and a process may say what it likes: it
 * is shown, and nothing is decided by it. */
#pragma once

#include <gio/gio.h>

/* The name of who has none. */
#define FRAM_APPLICATION_UNKNOWN "Unknown application"

typedef struct
{
  char *id;      /* of its desktop file, or of its Flatpak; or "" */
  char *name;    /* never empty */
  char *icon;    /* the name of its icon; or "" */
  char *command; /* as the kernel has it; or "" */
  guint32 pid;
} FramApplication;

/* Looks into /proc and for a desktop file: some files are read, and none is waited for. */
FramApplication *fram_application_new (guint32 pid, const char *command);
void fram_application_free (FramApplication *application);

/* The id in the name of a systemd unit (systemd.io/DESKTOP_ENVIRONMENTS) that is the last part
 * of a control group's path, as “app-gnome-org.example.App-123.scope”.
 * Return: (transfer full) (nullable). */
char *fram_application_id_from_cgroup (const char *path);
