package io.headwater.gateway.hls;

import java.util.Optional;

/** What a request wants to know of a stream; asked again whenever the stream has changed, until there is an answer. */
interface Question {
    /** The answer, or nothing for not yet. The stream's lock is held. */
    Optional<Reply> ask();

    /** What is said if there is no answer in time. */
    Reply late();
}
