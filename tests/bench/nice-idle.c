/* nice-idle: what a libnice agent costs that has gathered and waits for its peer, when
 * there are COUNT of them. */
#include "figures.h"

#include <nice/agent.h>
#include <unistd.h>

static void
ignore_data (NiceAgent *agent, guint stream, guint component, guint length, char *buffer,
             gpointer user_data)
{
}

static NiceAgent *
open_agent (void)
{
  NiceAgent *agent = nice_agent_new_full (NULL, NICE_COMPATIBILITY_RFC5245,
                                          NICE_AGENT_OPTION_REGULAR_NOMINATION);

  g_object_set (agent, "upnp", FALSE, "ice-tcp", FALSE, NULL);

  guint stream = nice_agent_add_stream (agent, 1);

  nice_agent_attach_recv (agent, stream, 1, NULL, ignore_data, NULL);
  if (!nice_agent_gather_candidates (agent, stream))
    g_error ("libnice found no local address to use");
  return agent;
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) agents = g_ptr_array_new_with_free_func (g_object_unref);
  guint count = argc == 2 ? g_ascii_strtoull (argv[1], NULL, 10) : 0;

  if (count == 0)
    {
      g_printerr ("usage: nice-idle COUNT\n");
      return 2;
    }
  figures_raise_descriptor_limit ();
  figures_bound_time (120);
  /* The first one pays for types, tables and libraries. */
  g_ptr_array_add (agents, open_agent ());
  while (g_main_context_iteration (NULL, FALSE))
    continue;

  guint64 memory = figures_resident_memory (getpid ());
  guint descriptors = figures_descriptors (getpid ());

  for (guint i = 0; i < count; i++)
    g_ptr_array_add (agents, open_agent ());
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  figures_write ("memory",
                 (double) (figures_resident_memory (getpid ()) - memory) / count, "B");
  figures_write ("descriptors",
                 (double) (figures_descriptors (getpid ()) - descriptors) / count, "1");
  return 0;
}
