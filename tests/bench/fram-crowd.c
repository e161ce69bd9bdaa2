/* fram-crowd: what framd needs for COUNT connected sessions whose applications are silent: memory,
 * and the processor and packets while it sees to their consent for so many SECONDS. (RFC 7675
 * §5.1)
 *
 * They are connected with each other or, where there is a second service, at a bus of its own, each
 * with one of that. */
#include "figures.h"
#include "fram-couple.h"
#include "silence.h"

/* Couples that connect at a time, and sessions of one connection to the bus. */
#define WINDOW 50
#define SESSIONS_OF_CLIENT 1000

typedef struct
{
  GPtrArray *couples;
  guint n_couples;
  guint n_completed;
  FramClient *offerer, *answerer;
  const char *other_bus; /* NULL: the same */
  guint n_of_clients;
} Crowd;

static void
begin_couple (Crowd *crowd)
{
  if (crowd->offerer == NULL || crowd->n_of_clients == SESSIONS_OF_CLIENT)
    {
      g_clear_object (&crowd->offerer);
      g_clear_object (&crowd->answerer);
      crowd->offerer = fram_couple_new_client (NULL);
      crowd->answerer = fram_couple_new_client (crowd->other_bus);
      crowd->n_of_clients = 0;
    }
  crowd->n_of_clients++;
  g_ptr_array_add (crowd->couples,
                   fram_couple_new (crowd->offerer, crowd->answerer, TRUE));
}

/* One that fails later is to be counted, rather than to end the program. */
static void
let_go (FramCouple *couple)
{
  for (guint side = 0; side < 2; side++)
    g_signal_handlers_disconnect_by_data (couple->sessions[side], couple);
}

/* They complete about in the order in which they were begun. */
static void
connect_all (Crowd *crowd, guint n_couples)
{
  while (crowd->n_completed < n_couples)
    {
      FramCouple *couple;

      while (crowd->couples->len < MIN (n_couples, crowd->n_completed + WINDOW))
        begin_couple (crowd);
      couple = g_ptr_array_index (crowd->couples, crowd->n_completed);
      if (couple->completed == 0)
        {
          g_main_context_iteration (NULL, TRUE);
          continue;
        }
      let_go (couple);
      crowd->n_completed++;
    }
}

static guint
count_alive (const Crowd *crowd)
{
  guint n = 0;

  for (guint i = 0; i < crowd->couples->len; i++)
    {
      FramCouple *couple = g_ptr_array_index (crowd->couples, i);

      for (guint side = 0; side < 2; side++)
        n += fram_session_get_state (couple->sessions[side]) == FRAM_STATE_COMPLETED;
    }
  return n;
}

/* For each session of the service but those of the first couple. */
static void
write_memory (const Crowd *crowd, const char *name, pid_t service, guint64 before)
{
  guint n_sessions = (crowd->n_completed - 1) * (crowd->other_bus != NULL ? 1 : 2);

  figures_write (
      name, (double) (figures_resident_memory (service) - before) / MAX (n_sessions, 1),
      "B");
}

int
main (int argc, char **argv)
{
  Crowd crowd = {
    .couples = g_ptr_array_new_with_free_func ((GDestroyNotify) fram_couple_free),
  };
  guint64 memory;
  guint count, seconds, n_couples;
  pid_t service;

  if (argc != 4 && argc != 6)
    {
      g_printerr ("usage: fram-crowd COUNT SECONDS SERVICE-PID [OTHER-BUS OTHER-PID]\n");
      return 2;
    }
  count = (guint) g_ascii_strtoull (argv[1], NULL, 10);
  seconds = (guint) g_ascii_strtoull (argv[2], NULL, 10);
  service = (pid_t) g_ascii_strtoull (argv[3], NULL, 10);
  crowd.other_bus = argc == 6 ? argv[4] : NULL;
  n_couples = crowd.other_bus != NULL ? count : count / 2;
  figures_bound_time (seconds + 1200);

  /* The first pays for sockets, tables and libraries. */
  connect_all (&crowd, 1);
  memory = figures_resident_memory (service);
  connect_all (&crowd, n_couples);
  write_memory (&crowd, "memory", service, memory);
  silence_measure (service, n_couples * 2, seconds);
  write_memory (&crowd, "memory-later", service, memory);
  figures_write ("dead", n_couples * 2 - count_alive (&crowd), "session");
  g_ptr_array_unref (crowd.couples);
  g_clear_object (&crowd.offerer);
  g_clear_object (&crowd.answerer);
  return 0;
}
