/* Many servers asked at once from one socket: who answers, how fast, and who is of help. */
#include <string.h>

#include "nat-world.h"
#include "nat/survey.h"

#define SERVERS 4
#define SPACING FRAM_MILLISECONDS (50)

typedef struct
{
  FramTime now;
  SimDice dice;
  FramNatSurvey *survey;
  NatServer servers[SERVERS];
  FramTime delays[SERVERS]; /* there and back */
  guint n_lost[SERVERS];    /* so many questions are lost first */
  GQueue answers;           /* Arrival */
  FramTime last_question;
  guint n_sent;
  guint n_changed;
} Survey;

typedef struct
{
  FramTime at;
  NatDatagram datagram;
} Arrival;

static void
survey_init (Survey *self, guint n)
{
  *self = (Survey){ .now = FRAM_SECONDS (10), .last_question = -1 };
  sim_dice_init (&self->dice, 1);
  g_queue_init (&self->answers);
  self->survey = fram_nat_survey_new (&self->dice.random, self->now);
  for (guint i = 0; i < n; i++)
    {
      fram_address_init_ipv4 (&self->servers[i].first, 0xcb007102 + 10 * i, 3478);
      fram_address_init_ipv4 (&self->servers[i].second, 0xcb007103 + 10 * i, 3479);
      self->delays[i] = FRAM_MILLISECONDS (20 + 10 * i);
      fram_nat_survey_add (self->survey, &self->servers[i].first);
    }
}

static void
survey_clear (Survey *self)
{
  fram_nat_survey_free (self->survey);
  g_queue_clear_full (&self->answers, g_free);
}

static gint
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  const Arrival *left = a, *right = b;

  return left->at < right->at ? -1 : left->at > right->at;
}

static void
transmit (Survey *self, const FramNatEvent *event)
{
  for (guint i = 0; i < SERVERS; i++)
    {
      Arrival arrival = { .at = self->now + self->delays[i] };

      if (!nat_server_is_at (&self->servers[i], &event->remote))
        continue;
      if (self->n_lost[i] > 0)
        {
          self->n_lost[i]--;
          return;
        }
      fram_address_init_ipv4 (&arrival.datagram.source, 0xc0000201, 5000);
      arrival.datagram.destination = event->remote;
      arrival.datagram.length = event->length;
      memcpy (arrival.datagram.data, event->data, event->length);
      if (nat_server_answer (&self->servers[i], &arrival.datagram))
        g_queue_insert_sorted (&self->answers, g_memdup2 (&arrival, sizeof arrival),
                               compare, NULL);
    }
}

static void
settle (Survey *self)
{
  FramNatEvent event;

  while (fram_nat_survey_pop (self->survey, &event))
    if (event.type == FRAM_NAT_EVENT_TRANSMIT)
      {
        self->n_sent++;
        transmit (self, &event);
      }
    else
      {
        g_assert_cmpint (event.type, ==, FRAM_NAT_EVENT_CHANGED);
        self->n_changed++;
      }
}

static void
step (Survey *self)
{
  Arrival *arrival = g_queue_peek_head (&self->answers);
  FramTime due = fram_nat_survey_send_due (self->survey);
  FramTime deadline = fram_nat_survey_deadline (self->survey);
  FramTime at = arrival != NULL ? arrival->at : FRAM_TIME_NEVER;

  self->now = MAX (self->now, MIN (at, MIN (due, deadline)));
  if (at <= self->now)
    {
      g_queue_pop_head (&self->answers);
      fram_nat_survey_receive (self->survey, &arrival->datagram.source,
                               arrival->datagram.data, arrival->datagram.length,
                               self->now);
      g_free (arrival);
    }
  else if (deadline <= self->now)
    fram_nat_survey_advance (self->survey, self->now);
  else
    {
      if (self->last_question >= 0)
        g_assert_cmpint (self->now - self->last_question, >=, SPACING);
      self->last_question = self->now;
      g_assert_true (fram_nat_survey_send (self->survey, self->now));
    }
}

static void
run (Survey *self)
{
  FramTime started = self->now;

  for (settle (self); !fram_nat_survey_is_over (self->survey); settle (self))
    {
      step (self);
      g_assert_cmpint (self->now, <=, started + FRAM_SECONDS (5));
    }
  g_assert_cmpint (fram_nat_survey_deadline (self->survey), ==, FRAM_TIME_NEVER);
  g_assert_cmpint (fram_nat_survey_send_due (self->survey), ==, FRAM_TIME_NEVER);
  g_assert_false (fram_nat_survey_send (self->survey, self->now));
}

static FramNatSurveyRow
row_of (const Survey *self, guint i)
{
  FramNatSurveyRow row;

  fram_nat_survey_get (self->survey, i, &row);
  g_assert_true (fram_address_equal (&row.server, &self->servers[i].first));
  return row;
}

static void
test_answers (void)
{
  Survey self;

  survey_init (&self, 4);
  self.servers[1].faults = NAT_SERVER_SINGLE;
  self.servers[2].faults = NAT_SERVER_DEAF;
  self.servers[3].faults = NAT_SERVER_BUSY;
  run (&self);
  g_assert_cmpuint (fram_nat_survey_count (self.survey), ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      FramNatSurveyRow row = row_of (&self, i);

      g_assert_true (row.is_over);
      g_assert_false (row.is_refused);
      g_assert_cmpint (row.answers, ==, i == 2 ? FRAM_NAT_NO : FRAM_NAT_YES);
      g_assert_cmpint (row.helps, ==, i == 0);
      g_assert_cmpint (row.rtt, ==, i == 2 ? -1 : self.delays[i]);
      g_assert_cmpint (row.mapped.family != FRAM_FAMILY_NONE, ==, i < 2);
    }
  /* Three answers, and the end of hope. */
  g_assert_cmpuint (self.n_changed, ==, 4);
  g_assert_cmpuint (self.n_sent, ==, 3 + 7);
  survey_clear (&self);
}

/* Which question was answered is not known: no time is told. */
static void
test_repetition (void)
{
  Survey self;

  survey_init (&self, 1);
  self.n_lost[0] = 2;
  run (&self);
  g_assert_cmpint (row_of (&self, 0).answers, ==, FRAM_NAT_YES);
  g_assert_cmpint (row_of (&self, 0).rtt, ==, -1);
  g_assert_cmpuint (self.n_sent, ==, 3);
  survey_clear (&self);
}

static void
test_refused (void)
{
  Survey self;

  survey_init (&self, 2);
  settle (&self);
  step (&self);
  fram_nat_survey_told_unreachable (self.survey, &self.servers[0].first);
  /* Of who was not asked yet, that says nothing. */
  fram_nat_survey_told_unreachable (self.survey, &self.servers[1].first);
  run (&self);
  g_assert_true (row_of (&self, 0).is_refused);
  g_assert_cmpint (row_of (&self, 0).answers, ==, FRAM_NAT_NO);
  g_assert_cmpint (row_of (&self, 1).answers, ==, FRAM_NAT_YES);
  survey_clear (&self);
}

/* A server more, when the others are over; one that is there already is not asked twice. */
static void
test_added (void)
{
  Survey self;

  survey_init (&self, 3);
  run (&self);
  g_assert_cmpuint (self.n_sent, ==, 3);
  fram_nat_survey_add (self.survey, &self.servers[1].first);
  g_assert_true (fram_nat_survey_is_over (self.survey));
  fram_address_init_ipv4 (&self.servers[3].first, 0xcb007150, 3478);
  self.servers[3].second = self.servers[3].first;
  fram_nat_survey_add (self.survey, &self.servers[3].first);
  g_assert_false (fram_nat_survey_is_over (self.survey));
  run (&self);
  g_assert_cmpuint (self.n_sent, ==, 4);
  g_assert_cmpint (row_of (&self, 3).answers, ==, FRAM_NAT_YES);
  survey_clear (&self);
}

static void
test_limit (void)
{
  Survey self;
  FramAddress server;

  survey_init (&self, 0);
  for (guint i = 0; i < FRAM_NAT_SURVEY_MAX_SERVERS + 3; i++)
    {
      fram_address_init_ipv4 (&server, 0xcb007101 + i, 3478);
      fram_nat_survey_add (self.survey, &server);
    }
  g_assert_cmpuint (fram_nat_survey_count (self.survey), ==, FRAM_NAT_SURVEY_MAX_SERVERS);
  survey_clear (&self);
}

/* Answers from elsewhere, and noise, are none. */
static void
test_strangers (void)
{
  Survey self;
  FramNatEvent event;
  NatDatagram datagram = { 0 };
  FramAddress stranger;

  survey_init (&self, 1);
  g_assert_true (fram_nat_survey_send (self.survey, self.now));
  g_assert_true (fram_nat_survey_pop (self.survey, &event));
  datagram.source = datagram.destination = event.remote;
  datagram.length = event.length;
  memcpy (datagram.data, event.data, event.length);
  g_assert_true (nat_server_answer (&self.servers[0], &datagram));
  fram_address_init_ipv4 (&stranger, 0xcb007163, 3478);
  g_assert_false (fram_nat_survey_receive (self.survey, &stranger, datagram.data,
                                           datagram.length, self.now));
  g_assert_false (fram_nat_survey_receive (self.survey, &event.remote,
                                           (const guint8 *) "noise", 5, self.now));
  g_assert_true (fram_nat_survey_receive (self.survey, &event.remote, datagram.data,
                                          datagram.length, self.now));
  g_assert_false (fram_nat_survey_receive (self.survey, &event.remote, datagram.data,
                                           datagram.length, self.now));
  survey_clear (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nat/survey/answers", test_answers);
  g_test_add_func ("/nat/survey/repetition", test_repetition);
  g_test_add_func ("/nat/survey/refused", test_refused);
  g_test_add_func ("/nat/survey/added", test_added);
  g_test_add_func ("/nat/survey/limit", test_limit);
  g_test_add_func ("/nat/survey/strangers", test_strangers);
  return g_test_run ();
}
