#include "mock-world.h"

static void
candidate (MockSession *session, gboolean remote, const char *type, const char *address,
           const char *related, const char *server, guint priority, gint64 found)
{
  MockCandidate made = { .id = session->candidates->len + 1,
                         .component = 1,
                         .remote = remote,
                         .type = type,
                         .address = address,
                         .related = related,
                         .server = server,
                         .priority = priority,
                         .found = found };

  g_array_append_val (session->candidates, made);
}

static MockPair *
pair (MockSession *session, const char *local, const char *local_type, const char *remote,
      const char *remote_type, const char *state)
{
  MockPair made = { .id = session->pairs->len + 1,
                    .local = local,
                    .local_type = local_type,
                    .remote = remote,
                    .remote_type = remote_type,
                    .state = state,
                    .explanation = "",
                    .priority = G_GUINT64_CONSTANT (9151314442783293438)
                                - session->pairs->len * G_GUINT64_CONSTANT (1000000000),
                    .rtt = -1,
                    .requests = 1 };

  g_array_append_val (session->pairs, made);
  return mock_session_pair (session, session->pairs->len - 1);
}

static void
succeed (MockPair *made, gint64 rtt)
{
  made->readable = made->writable = TRUE;
  made->rtt = rtt;
  made->requests = 3;
  made->explanation = "The check was answered.";
}

static void
select_pair (MockPair *made, gint64 rtt)
{
  succeed (made, rtt);
  made->nominated = made->selected = TRUE;
  made->bytes = 48000000;
}

static void
change (MockSession *session, gint64 when, const char *what, guint component,
        const char *state, const char *explanation)
{
  MockChange made = { when, what, component, state, "", explanation };

  g_array_append_val (session->changes, made);
}

/* --- The sessions ------------------------------------------------------------------ */

static void
local_candidates (MockSession *session)
{
  candidate (session, FALSE, "host", "192.168.1.7:50000", "", "", 2130706431, 200);
  candidate (session, FALSE, "host", "[2001:db8::7]:50000", "", "", 2130706175, 210);
  candidate (session, FALSE, "srflx", "198.51.100.7:40000", "192.168.1.7:50000",
             "stun:stun.example.org", 1694498815, 14200);
  candidate (session, FALSE, "relay", "203.0.113.50:61000", "198.51.100.7:40000",
             "turn:turn.example.org", 16777215, 31000);
}

static void
remote_candidates (MockSession *session)
{
  candidate (session, TRUE, "host", "10.0.0.4:51000", "", "", 2130706431, 250000);
  candidate (session, TRUE, "srflx", "192.0.2.33:42000", "10.0.0.4:51000", "", 1694498815,
             260000);
  candidate (session, TRUE, "relay", "203.0.113.80:62000", "192.0.2.33:42000", "",
             16777215, 280000);
}

static void
make_call (MockWorld *self)
{
  MockSession *s = mock_service_add_session (self->service, "Fractal", "Call with Anna",
                                             "connected");

  s->app_id = "org.gnome.Fractal";
  s->cause = "valid-pair";
  s->explanation = "A pair works.";
  s->why_text = "Direct, because both sides' NATs keep one port for all destinations.";
  s->local_type = "srflx";
  s->remote_type = "srflx";
  s->protocol = "udp";
  s->rtt = 12400;
  s->bytes_sent = 48000000;
  s->bytes_received = 24000000;
  local_candidates (s);
  remote_candidates (s);
  pair (s, "192.168.1.7:50000", "host", "10.0.0.4:51000", "host", "failed")->explanation
      = "No answer came to eight requests.";
  select_pair (
      pair (s, "192.168.1.7:50000", "host", "192.0.2.33:42000", "srflx", "succeeded"),
      12400);
  pair (s, "192.168.1.7:50000", "host", "203.0.113.80:62000", "relay", "in-progress");
  succeed (
      pair (s, "203.0.113.50:61000", "relay", "192.0.2.33:42000", "srflx", "succeeded"),
      48100);
  pair (s, "203.0.113.50:61000", "relay", "203.0.113.80:62000", "relay", "waiting");
  pair (s, "203.0.113.50:61000", "relay", "10.0.0.4:51000", "host", "frozen");
  change (s, 0, "session", 0, "new", "The application asked for it.");
  change (s, 31000, "gathered", 0, "", "All addresses of this host were found.");
  change (s, 250000, "session", 0, "checking", "The peer's description came.");
  change (s, 291000, "component", 1, "connected", "A pair works.");
  change (s, 291000, "session", 0, "connected", "All components are connected.");
  self->call = s;
}

static void
make_others (MockWorld *self)
{
  MockSession *s
      = mock_service_add_session (self->service, "0 A.D.", "Match of four", "completed");

  s->cause = "nominated";
  s->explanation = "The peer agreed.";
  s->why_text
      = "Relayed, because both sides' NATs choose a new port for each destination.";
  s->local_type = "relay";
  s->remote_type = "srflx";
  s->protocol = "udp";
  s->relay = "turn:turn.example.org";
  s->rtt = 48300;
  local_candidates (s);
  remote_candidates (s);
  select_pair (
      pair (s, "203.0.113.50:61000", "relay", "192.0.2.33:42000", "srflx", "succeeded"),
      48300);
  self->game = s;

  s = mock_service_add_session (self->service, "Warp", "holiday.zip", "failed");
  s->cause = "no-pair-succeeded";
  s->explanation = "No way to the peer works.";
  s->why_text
      = "There is no path: the peer's NAT lets nothing in, and no TURN server is set.";
  local_candidates (s);
  remote_candidates (s);
  pair (s, "192.168.1.7:50000", "host", "192.0.2.33:42000", "srflx", "failed");
  self->transfer = s;

  s = mock_service_add_session (self->service, "Fractal", "Screen for Anna", "checking");
  s->app_id = "org.gnome.Fractal";
  s->why_text = "Pairs are being checked.";
  local_candidates (s);
  remote_candidates (s);
  pair (s, "192.168.1.7:50000", "host", "192.0.2.33:42000", "srflx", "in-progress");
  self->screen = s;

  s = mock_service_add_session (self->service, "Unknown application", "", "new");
  s->why_text = "The peer's description has not come yet.";
  self->fresh = s;
}

void
mock_world_crowd (MockWorld *self, guint n_sessions, guint n_pairs)
{
  for (guint i = 0; i < n_sessions; i++)
    {
      MockSession *s
          = mock_service_add_session (self->service, "Crowd", "One of many", "connected");

      s->protocol = "udp";
      s->local_type = s->remote_type = "host";
      s->rtt = 1000 * (i + 1);
      local_candidates (s);
      remote_candidates (s);
      for (guint at = 0; at < n_pairs; at++)
        succeed (pair (s, "192.168.1.7:50000", "host", "192.0.2.33:42000", "srflx",
                       "succeeded"),
                 1000 * (at + 1));
    }
}

/* --- What else there is ------------------------------------------------------------ */

static const char network[]
    = "('wlan0, 192.168.1.0/24', 5400000000, 864000000000, 90000000000, ["
      "('wlan0', '192.168.1.7', [], 'used', false, 90000000, 'port-restricted-cone',"
      " 'port-restricted cone NAT', 'yes', 'yes', 'yes', 'endpoint-independent',"
      " 'address-and-port-dependent', 'no', 'yes', '198.51.100.7:40000', 12500,"
      " 120000000, 180000000, 90000000, 'direct-unless-symmetric',"
      " 'A direct connection is to be expected, unless the other side is behind a "
      "symmetric "
      "NAT; then a relay (TURN server) is needed.',"
      " [('open', 'open internet', 'direct'), ('symmetric', 'symmetric NAT', 'relay')]),"
      "('wlan0', '2001:db8::7', ['temporary'], 'used', true, -1, 'unknown', 'unknown',"
      " 'unknown', 'unknown', 'unknown', 'unknown', 'unknown', 'unknown', 'unknown', '', "
      "-1,"
      " -1, -1, 15000000, 'unknown', 'Too little is known.', []),"
      "('lo', '127.0.0.1', ['loopback'], 'loopback', false, -1, 'unknown', 'unknown',"
      " 'unknown', 'unknown', 'unknown', 'unknown', 'unknown', 'unknown', 'unknown', '', "
      "-1,"
      " -1, -1, -1, 'unknown', '', [])], ["
      "('stun:stun.example.org', '203.0.113.1:3478', 'udp', 12500, 30, 1, 2000000,"
      " 90000000, true),"
      "('turn:turn.example.org', '203.0.113.50:3478', 'udp', 48100, 12, 0, 4000000, -1,"
      " true),"
      "('stun:old.example.org', '203.0.113.9:3478', 'udp', -1, 0, 4, -1, 60000000, "
      "false),"
      "('stun:nowhere.example', '', 'udp', -1, 0, 2, -1, 1000000, false)], ["
      "(5, 1, 'wlan0', '192.168.1.7:50000', '203.0.113.1:3478', '198.51.100.7:40000',"
      " 'known', 3, 90000000, 27000000, 600000000),"
      "(5, 1, 'wlan0', '192.168.1.7:50000', '203.0.113.9:3478', '', 'deaf', 0, 90000000,"
      " 61000000, 60000000)], ["
      "('wlan0', 'ipv6', '', 'tls', 500000000, 100000000)])";

static const char allocations[]
    = "([('turn:turn.example.org', 'wlan0', 5, 1, 'udp', '192.168.1.7:50000', "
      "'203.0.113.50:3478', '198.51.100.7:40000', '203.0.113.50:61000', '', 'there', '',"
      " '', 2, 3, 1, 421000000, -1, 48100, 179000000),"
      "('turn:turn.office.example', 'wlan0', 0, 1, 'tls', '', '203.0.113.77:5349', '', "
      "'',"
      " '', 'resting', 'wrong-credentials', 'The server does not take the user name or "
      "the password.', 0, 0, 0, -1, 48000000, -1, 12000000)],)";

static const char history[]
    = "([(7, 'Fractal', 'Call with Anna', 1764345600, 1764348120, 'completed',"
      " 'closed-by-application', 'host to srflx over UDP', 12500, 450000000, 230000000),"
      "(6, '0 A.D.', 'Match of four', 1764258000, 1764261600, 'connected', 'peer-gone',"
      " 'relay to srflx over UDP', 48000, 9000000, 31000000),"
      "(4, 'Warp', 'holiday.zip', 1764171000, 1764171040, 'failed', 'no-pair-succeeded',"
      " '', -1, 0, 0),"
      "(3, '', '', 1764081000, 1764081002, 'new', 'closed-by-application', '', -1, 0, "
      "0)],)";

static const char servers[]
    = "([('admin-office', 'turn:turn.office.example', 'Office', true, 'shared-secret', "
      "'',"
      " true, 'administrator', '', '/etc/fram/conf.d/office.conf'),"
      "('k3x9m2aa', 'stun:stun.example.org', '', true, 'none', '', false, '', '', ''),"
      "('p7w1c4bb', 'turns:turn.example.org', 'Rented', true, 'long-term', 'anna', true,"
      " 'keyring', '', ''),"
      "('z5q8d6cc', 'turn:192.0.2.200:3479?transport=tcp', '', false, 'long-term', "
      "'bert',"
      " false, '', '', '')],)";

static const char settings[]
    = "([('linger', <60>, <60>, 'default', '', 'How long an unused socket keeps its "
      "port, so "
      "that the next session is faster', '-1 (always), 0 (off), or up to 86400 seconds'),"
      "('vpn', <false>, <true>, 'user', '', 'Whether sessions may use VPN and other "
      "point-to-point interfaces', 'true or false'),"
      "('interfaces-allow', <@as []>, <@as []>, 'default', '', 'The only network "
      "interfaces "
      "that sessions may use; none: all but the denied ones', 'a list of names'),"
      "('interfaces-deny', <['docker*', 'virbr0']>, <@as []>, 'user', '', 'Network "
      "interfaces "
      "that sessions may not use, even if they are allowed', 'a list of names'),"
      "('history', <true>, <true>, 'administrator', '', 'Whether the sessions of the "
      "last 30 "
      "days are remembered; turned off, they are erased', 'true or false'),"
      "('policy', <'all'>, <'all'>, 'default', '/etc/fram/conf.d/office.conf', 'Which "
      "ways "
      "sessions use that do not say it themselves', 'all, nohost or relay'),"
      "('port-range', <(uint16 40000, uint16 50000)>, <(uint16 0, uint16 0)>, 'user', "
      "'', 'The "
      "UDP ports of this computer that sessions use; 0, 0: any', 'the first and the last "
      "port, from 1 to 65535, or 0 and 0'),"
      "('of-tomorrow', <uint32 3>, <uint32 1>, 'user', '', 'What a later version may "
      "have', "
      "'a number')],)";

MockWorld *
mock_world_new (void)
{
  MockWorld *self = g_new0 (MockWorld, 1);

  self->service = mock_service_new ();
  make_call (self);
  make_others (self);
  mock_service_set_network (self->service, network);
  mock_service_set_allocations (self->service, allocations);
  mock_service_set_history (self->service, history);
  mock_service_set_servers (self->service, servers);
  mock_service_set_settings (self->service, settings);
  mock_service_set_test_result (
      self->service,
      "({'ok': <true>, 'step': <'done'>, 'cause': <''>, 'advice': <''>, 'transport': "
      "<'udp'>,"
      " 'server': <'203.0.113.50:3478'>, 'mapped': <'198.51.100.7:40000'>,"
      " 'relayed': <'203.0.113.50:61000'>, 'relayed-6': <''>, 'rtt': <int64 48100>,"
      " 'took': <int64 130000>, 'lifetime': <uint32 600>},)");
  return self;
}

void
mock_world_free (MockWorld *self)
{
  mock_service_free (self->service);
  g_free (self);
}

void
mock_world_clear (MockWorld *self)
{
  MockSession *sessions[]
      = { self->call, self->game, self->transfer, self->screen, self->fresh };

  for (guint i = 0; i < G_N_ELEMENTS (sessions); i++)
    mock_service_remove_session (self->service, sessions[i]);
}
