/* The library as Vala sees it: what can be yielded, iterated and connected to.  It is only
 * translated, not run. */

public async void talk (Fram.Description offer) throws Error {
  var client = yield new Fram.Client (null, null);
  var options = new Fram.SessionOptions () {
    label = "a talk",
    role = Fram.Role.CONTROLLED,
    remote = offer
  };
  var session = yield client.create_session_async (options, null);

  session.local_candidate.connect ((ufrag, stream, line) => print ("%s\n", line));
  session.state_changed.connect ((state, cause, explanation, duration) => {
    print ("%s: %s\n", state.to_string (), explanation);
  });
  session.closed.connect ((cause, explanation) => print ("%s\n", explanation));

  var local = yield session.get_local_description_async (null);
  foreach (unowned string line in local.list_candidates (0))
    print ("%s\n", line);
  foreach (unowned Fram.Pair pair in yield session.get_pairs_async (null))
    print ("%s %s\n", pair.local_address, pair.state.to_string ());

  try {
    var component = yield session.open_component_async (0, 1, null);
    component.send ("hello".data);
    Bytes answer = yield component.receive_async (null);
    print ("%d bytes\n", (int) answer.get_size ());
  } catch (Fram.Error.CLOSED error) {
    print ("%s\n", error.message);
  }
  yield session.close_async (null);

  var settings = new Fram.Settings (client);
  settings.changed.connect ((values) => print ("%s\n", values.print (false)));
  foreach (unowned Fram.Setting setting in yield settings.list_async (null))
    print ("%s\n", setting.summary);
  yield settings.set_values_async (new Variant.parsed ("{'linger': <0>}"), null);
  settings.servers_changed.connect (() => print ("other servers\n"));
  var id = yield settings.add_server_async ("turn:turn.example.org",
    new Variant.parsed ("{'credential': <'long-term'>, 'username': <'ann'>}"), null);
  print ("%s\n", yield settings.set_secret_async (id, "password", null));
  var test = yield settings.test_server_async (id, null, null, null);
  print ("%s: %s, %u s\n", test.step, test.advice, test.lifetime);
  foreach (unowned Fram.Server server in yield settings.list_servers_async (null))
    print ("%s %s\n", server.uri, server.storage);
  yield settings.remove_server_async (id, null);
  foreach (unowned string problem in yield settings.list_problems_async (null))
    print ("%s\n", problem);
}
