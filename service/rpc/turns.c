#include "rpc/turns.h"

#include "dbus/names.h"

struct _FramTurns
{
  GQueue waiting; /* Waiting */
  GSource *pause; /* while it lasts nothing is changed; NULL: there is none */
};

typedef struct
{
  FramCall *call;
  FramTurn turn;
  gpointer data;
  GDestroyNotify free_data;
} Waiting;

static void
waiting_free (Waiting *waiting)
{
  waiting->free_data (waiting->data);
  g_free (waiting);
}

static void
run (Waiting *waiting)
{
  waiting->turn (waiting->call, waiting->data);
  waiting_free (waiting);
}

static gboolean
on_pause_over (gpointer user_data)
{
  FramTurns *turns = user_data;
  Waiting *waiting = g_queue_pop_head (&turns->waiting);

  if (waiting != NULL)
    {
      run (waiting);
      return G_SOURCE_CONTINUE;
    }
  g_clear_pointer (&turns->pause, g_source_unref);
  return G_SOURCE_REMOVE;
}

static void
begin_pause (FramTurns *turns)
{
  turns->pause = g_timeout_source_new (FRAM_TURNS_PAUSE);
  g_source_set_callback (turns->pause, on_pause_over, turns, NULL);
  g_source_attach (turns->pause, g_main_context_get_thread_default ());
}

FramTurns *
fram_turns_new (void)
{
  FramTurns *turns = g_new0 (FramTurns, 1);

  g_queue_init (&turns->waiting);
  return turns;
}

void
fram_turns_free (FramTurns *turns)
{
  Waiting *waiting;

  if (turns == NULL)
    return;
  while ((waiting = g_queue_pop_head (&turns->waiting)) != NULL)
    {
      fram_call_fail (waiting->call, FRAM_ERROR_FAILED, "The service is stopping");
      waiting_free (waiting);
    }
  if (turns->pause != NULL)
    g_source_destroy (turns->pause);
  g_clear_pointer (&turns->pause, g_source_unref);
  g_free (turns);
}

void
fram_turns_take (FramTurns *turns, FramCall *call, FramTurn turn, gpointer data,
                 GDestroyNotify free_data)
{
  Waiting *waiting = g_new0 (Waiting, 1);

  *waiting = (Waiting){ call, turn, data, free_data };
  if (turns->pause == NULL)
    {
      begin_pause (turns);
      run (waiting);
    }
  else if (turns->waiting.length < FRAM_TURNS_MAX_WAITING)
    g_queue_push_tail (&turns->waiting, waiting);
  else
    {
      fram_call_fail (call, FRAM_ERROR_LIMIT_EXCEEDED,
                      "%d changes of settings wait already", FRAM_TURNS_MAX_WAITING);
      waiting_free (waiting);
    }
}
