/* fram-idle: what a session costs framd that has gathered and waits for its peer, when there
 * are COUNT of them; with "trickle", of one whose ports framd may share. */
#include "figures.h"
#include "fram-couple.h"
#include "gathered-session.h"

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) sessions = g_ptr_array_new_with_free_func (g_object_unref);
  guint count = argc >= 3 ? g_ascii_strtoull (argv[1], NULL, 10) : 0;
  pid_t service = argc >= 3 ? g_ascii_strtoull (argv[argc - 1], NULL, 10) : 0;
  gboolean trickle = argc == 4 && g_str_equal (argv[2], "trickle");

  if (count == 0 || service == 0)
    {
      g_printerr ("usage: fram-idle COUNT [trickle] SERVICE-PID\n");
      return 2;
    }
  figures_bound_time (120);

  g_autoptr (FramClient) client = fram_couple_new_client (NULL);

  /* The first one pays for sockets, tables and libraries. */
  g_ptr_array_add (sessions, gathered_session_open (client, trickle));

  guint64 memory = figures_resident_memory (service);
  guint descriptors = figures_descriptors (service);

  for (guint i = 0; i < count; i++)
    g_ptr_array_add (sessions, gathered_session_open (client, trickle));
  figures_write ("memory", (double) (figures_resident_memory (service) - memory) / count,
                 "B");
  figures_write ("descriptors",
                 (double) (figures_descriptors (service) - descriptors) / count, "1");
  return 0;
}
