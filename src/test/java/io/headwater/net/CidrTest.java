package io.headwater.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.0/8,127.9.9.9,true",
        "127.0.0.0/8,128.0.0.1,false",
        "10.1.2.3,10.1.2.3,true",
        "10.1.2.3,10.1.2.4,false",
        "0.0.0.0/0,203.0.113.9,true",
        "0.0.0.0/0,::1,false",
        "::1/128,::1,true",
        "2001:db8::/33,2001:db8:7fff::1,true",
        "2001:db8::/33,2001:db8:8000::1,false",
        "127.0.0.0/8,::ffff:127.0.0.1,true",
    })
    void anAddressIsInANetworkOrNot(String network, String address, boolean inside) throws Exception {
        assertEquals(inside, Cidr.parse(network).orElseThrow().contains(InetAddress.getByName(address)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "10.0.0.256", "::1/129", "1:2", "a/8"
            })
    void whatIsNoNetworkIsNotRead(String text) {
        assertEquals(java.util.Optional.empty(), Cidr.parse(text));
    }
}
