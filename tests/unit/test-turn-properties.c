/* What holds for a TURN client whatever is asked of it, in whatever order, while packets are lost,
 * nonces grow old, passwords change and the allocation moves. */
#include "turn-world.h"

#define WORLDS 100
#define STEPS 150
#define PEERS 6

typedef struct
{
  TurnWorld world;
  FramAddress peers[PEERS];
  guint n_permits[PEERS], n_binds[PEERS]; /* users, as they were asked for */
  char *password;
} Model;

static void
model_init (Model *model)
{
  TurnWorld *world = &model->world;

  turn_world_init (world);
  world->config.mobility = FRAM_TURN_MAYBE_MOBILE;
  world->server.manner = TURN_SERVER_MOBILE;
  if (g_test_rand_bit ())
    world->server.manner |= TURN_SERVER_SHA256;
  for (guint i = 0; i < PEERS; i++)
    {
      /* Two ports of each address. */
      g_autofree char *text = g_strdup_printf ("192.0.2.%u:%u", i / 2, 1000 + i % 2);

      g_assert_true (fram_address_parse (&model->peers[i], text));
      model->n_permits[i] = model->n_binds[i] = 0;
    }
  model->password = NULL;
  turn_world_start (world);
}

static void
model_clear (Model *model)
{
  turn_world_clear (&model->world);
  g_free (model->password);
}

static void
change_password (Model *model)
{
  FramTurnCredential credential = { .username = model->world.server.username };
  char *former = model->password;

  model->password = g_strdup_printf ("secret-%u", g_test_rand_int ());
  credential.password = model->world.server.password = model->password;
  fram_turn_set_credential (model->world.turn, &credential);
  g_free (former);
}

static void
step (Model *model)
{
  TurnWorld *world = &model->world;
  guint i = (guint) g_test_rand_int_range (0, PEERS);
  const FramAddress *peer = &model->peers[i];

  switch (g_test_rand_int_range (0, 9))
    {
    case 0:
      model->n_permits[i] += fram_turn_permit (world->turn, peer, world->now);
      break;
    case 1:
      if (model->n_permits[i] > 0)
        {
          fram_turn_forbid (world->turn, peer);
          model->n_permits[i]--;
        }
      break;
    case 2:
      model->n_binds[i] += fram_turn_bind (world->turn, peer, world->now);
      break;
    case 3:
      if (model->n_binds[i] > 0)
        {
          fram_turn_unbind (world->turn, peer);
          model->n_binds[i]--;
        }
      break;
    case 4:
      world->n_lost = (guint) g_test_rand_int_range (0, 3);
      break;
    case 5:
      turn_server_renew_nonce (&world->server);
      break;
    case 6:
      change_password (model);
      break;
    case 7:
      if (fram_turn_can_move (world->turn))
        fram_turn_move (world->turn, world->now);
      break;
    case 8:
      turn_world_pass (world, FRAM_SECONDS (g_test_rand_int_range (0, 300)));
      break;
    default:
      g_assert_not_reached ();
    }
  turn_world_settle (world);
}

static gboolean
is_permitted (const TurnServer *server, const FramAddress *peer)
{
  for (guint i = 0; i < server->permissions->len; i++)
    if (fram_address_equal_ip (&g_array_index (server->permissions, FramAddress, i),
                               peer))
      return TRUE;
  return FALSE;
}

static gboolean
is_wanted (const Model *model, const FramAddress *peer)
{
  for (guint i = 0; i < PEERS; i++)
    if (fram_address_equal_ip (&model->peers[i], peer)
        && model->n_permits[i] + model->n_binds[i] > 0)
      return TRUE;
  return FALSE;
}

static void
check_peer (Model *model, guint i)
{
  const TurnServer *server = &model->world.server;
  const FramAddress *peer = &model->peers[i];
  guint16 channel = fram_turn_get_channel (model->world.turn, peer);
  guint8 buffer[200];

  if (is_wanted (model, peer))
    {
      g_assert_true (fram_turn_is_permitted (model->world.turn, peer));
      g_assert_true (is_permitted (server, peer));
      g_assert_cmpuint (fram_turn_wrap (model->world.turn, peer, (const guint8 *) "x", 1,
                                        buffer, sizeof buffer, model->world.now),
                        >, 0);
    }
  if (model->n_binds[i] > 0)
    g_assert_cmpuint (channel, !=, 0);
  if (channel != 0)
    g_assert_true (fram_address_equal (
        &g_array_index (server->channels, FramAddress, channel - 0x4000), peer));
}

/* When the dust has settled, client and server agree upon what was asked for. */
static void
check (Model *model, const FramAddress *relayed)
{
  FramAddress now;

  model->world.n_lost = 0;
  turn_world_pass (&model->world, FRAM_SECONDS (40));
  g_assert_true (fram_turn_is_allocated (model->world.turn));
  g_assert_true (model->world.server.allocated);
  g_assert_true (fram_turn_get_relayed (model->world.turn, FRAM_FAMILY_IPV4, &now));
  g_assert_true (fram_address_equal (&now, relayed));
  for (guint i = 0; i < PEERS; i++)
    check_peer (model, i);
  for (guint i = 0; i < model->world.events->len; i++)
    {
      FramTurnEvent *event = &g_array_index (model->world.events, FramTurnEvent, i);

      g_assert_cmpint (event->type, !=, FRAM_TURN_EVENT_REFUSED);
      g_assert_cmpint (event->type, !=, FRAM_TURN_EVENT_ENDED);
      fram_turn_event_clear (event);
    }
  g_array_set_size (model->world.events, 0);
}

static void
test_any_order (void)
{
  for (guint n = 0; n < WORLDS; n++)
    {
      FramAddress relayed;
      Model model;

      model_init (&model);
      g_assert_true (
          fram_turn_get_relayed (model.world.turn, FRAM_FAMILY_IPV4, &relayed));
      for (guint i = 1; i <= STEPS; i++)
        {
          step (&model);
          if (i % 15 == 0)
            check (&model, &relayed);
        }
      fram_turn_close (model.world.turn, model.world.now);
      turn_world_settle (&model.world);
      turn_world_expect_end (&model.world, FRAM_TURN_CLOSED, 0);
      model_clear (&model);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/turn/properties/any-order", test_any_order);
  return g_test_run ();
}
