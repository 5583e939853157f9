/**
 * The one public authority of the simulated world, and what it has issued: images with `ca-certificates` believe it.
 *
 * Differs from Linux: the real file holds some 140 authorities; nothing that any of them has vouched for exists here.
 */

/** `/etc/ssl/certs/ca-certificates.crt`. */
export const PUBLIC_ROOTS = `-----BEGIN CERTIFICATE-----
MIIBfTCCASSgAwIBAgIIa7rSLDpG3EcwCgYIKoZIzj0EAwIwIjEgMB4GA1UEAwwX
U2ltdWxhdGVkIEludGVybmV0IFJvb3QwIBcNMTUwNjA0MDAwMDAwWhgPMjE5OTAx
MDEwMDAwMDBaMCIxIDAeBgNVBAMMF1NpbXVsYXRlZCBJbnRlcm5ldCBSb290MFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEkyU7Qwmq0nh5fHDgAKe+mFPSE+v2AxWa
l+h+A/d8/wlb21uwSwvfQC8s45AYzMJC5HS/BaFmSCg4ouN25wYHbKNCMEAwDgYD
VR0PAQH/BAQDAgKkMA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFJMD2Ji0mj5Y
khCdfW7yreSC8Zr7MAoGCCqGSM49BAMCA0cAMEQCICJ9ViNcA81TxrvF/cRAxYYc
tsXcUMTSUdunTD95z+A+AiBTEJtzNwGrrHRvmCBDYFYuU9/SplxpNmzaLVOAuh43
zQ==
-----END CERTIFICATE-----
`;

/** Of the mirror of Alpine's download site; until 2199, for a world has no say in when it is run. */
export const MIRROR_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBtTCCAVqgAwIBAgIIQvXSzstH4S0wCgYIKoZIzj0EAwIwIjEgMB4GA1UEAwwX
U2ltdWxhdGVkIEludGVybmV0IFJvb3QwIBcNMTUwNjA0MDAwMDAwWhgPMjE5OTAx
MDEwMDAwMDBaMCExHzAdBgNVBAMMFmRsLWNkbi5hbHBpbmVsaW51eC5vcmcwWTAT
BgcqhkjOPQIBBggqhkjOPQMBBwNCAAQM3eTQFdZtSY2uzFp9wxh+8K9uSHV8fQEu
6ff9Qr48Bti/o5GzGfjLB6D3wwWHFpS9HkCIJeFlS7pViv/uVhqeo3kwdzAOBgNV
HQ8BAf8EBAMCBaAwEwYDVR0lBAwwCgYIKwYBBQUHAwEwDAYDVR0TAQH/BAIwADAf
BgNVHSMEGDAWgBSTA9iYtJo+WJIQnX1u8q3kgvGa+zAhBgNVHREEGjAYghZkbC1j
ZG4uYWxwaW5lbGludXgub3JnMAoGCCqGSM49BAMCA0kAMEYCIQCpQNt6x0egRPv5
D5Sb2/4Laess+lVdiG0zpLN/VF78tgIhAJdafzmeiR1ea+6e6cgTByH+1qe/DZbr
Zwqmoj9J/MbA
-----END CERTIFICATE-----
`;
