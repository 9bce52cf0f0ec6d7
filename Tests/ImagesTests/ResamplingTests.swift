import BSBImages
import Testing

/// Pictures scaled by Pillow 11.3.
private let expected: [(filter: ResamplingFilter, width: Int, height: Int, pixels: String)] = [
    (
        .box, 4, 3,
        """
        c9de8f77737f9e8570787e847d88a083758850576e66595a4f379376579bb6748891956f
        """
    ),
    (
        .box, 13, 5,
        """
        ffe42279f3bd79f3bd068366a852c1a852c1bb9651f3cd18f3cd18ec08f6a4e724a4e724d26facdbc1bd8ade758ade755f8a80842de784\
        2de790763952c86952c8694131b01d50861d50862a1d433297dd2e3ce62e3ce6c0a49c7fd69a7fd69ac2c38948994a48994ad13a4c6954\
        0a69540ad5e273656ac675545f75545f9129464162594162598b48bf1a20ae1a20ae8b84468a87908a879062c133130531e617c0e617c0\
        4597e00f4dde0f4ddec84776fc8c7ffc8c7fc779357c4da67c4da6ef1dd7
        """
    ),
    (
        .box, 9, 2,
        """
        babf9e6fbba3618f818c60caa7915378be4d9029a852774e7f63694a48949a3f7f784d79305b859f48a765449e9f8040857397918a6a
        """
    ),
    (
        .box, 2, 11,
        """
        93a778d58b7893a778d58b789c949240777c878a8e2c3b74878a8e2c3b747a9db4968245814e724f4971814e724f497161528f7aac6a6b\
        41a1cc5c8c6b41a1cc5c8c
        """
    ),
    (
        .bilinear, 4, 3,
        """
        a3cd877f719286876d615c81777ea17e7f8c666b6e71625966458d674f8f90618b938b6d
        """
    ),
    (
        .bilinear, 13, 5,
        """
        f0d251c1e4877fdea133a36076679da157a6977c5bbab837bd9065a431c1849b7d8c9179a35b8edcc3beabd09479c775608985734dc488\
        45b1977b3364af5b4a8a89412eb3254588213560261b41689cd85977bb62609ea3788f849a977fa794aa9c7f5e8b6760675e963b5c6c41\
        427e734ba2ab616c6bc7765e8b834853932b43604f4f535c788041c23a29b040447f7f8146877c8779986d65bb3618225d642a8d9140b7\
        5770b83754b65b48a7d25b85ba699abf7683d282529785719b7688b66497
        """
    ),
    (
        .bilinear, 9, 2,
        """
        c3bba380be926388768658c797805970b55278309f4d6d6a7057625163aa794c8a82567e44698baa6598525594a56d527a72728b995f
        """
    ),
    (
        .bilinear, 2, 11,
        """
        8da778cc847b93a580907a7f979f8a476a827e8d9348507a758c9f675e6a7797ac9b89527d657c655e6b764a6e5a5d785b4c8d87937467\
        4c9da57980754ca7b85c8a
        """
    ),
    (
        .bicubic, 4, 3,
        """
        a5d7897b70918f8a6d605b83787da3817f885b666f695d55633f8c664e9198608a97916c
        """
    ),
    (
        .bicubic, 13, 5,
        """
        f0d042ceea8c80eaaf29a75576609fab4cb4957a60c5cb22cc955ca928c884ad7c929f78af5a95e2c2c9aed79573d16b5e8b86713fda8c\
        36c0987d2e5fc3524195923d28b81c438b1631591f113966a3df4e72c059509dad779484a89c7bba97aca37e54925f5965579e325a672e\
        34807247b2b7696d6ed57362908446469b223a5d533d4c65727b3fc92918bd2f3b7b7f883c8e7b92799f7060c929071c4f62218d9e3fc8\
        5179c12153c2543faadb5f80c46fa0c97b88df8350928c6a98778abd5e9e
        """
    ),
    (
        .bicubic, 9, 2,
        """
        c9c2a37bc5936189768a58c999845470ba4f792ba74b6f646e56614a5dab7c448a86557f406d88a8629d515096a4714a7b6d768e9b60
        """
    ),
    (
        .bicubic, 2, 11,
        """
        8ca878d8867796a780947c7d9ea18d3d6881828f963a46787490a6665b627497b29d8a4c8065795f576b7844664d557c5847908a9c7163\
        49a1af7e80724ba7c1598d
        """
    ),
]

/// 9 x 7 random pixels.
private let source = bytes(
    """
    ffe42279f3bd068366a852c1bb9651f3cd18ec08f6a4e724d26facd2aeb0daf2a972cd3fa02fd44f487078de451f5f6c246dee453351e4\
    d3ca3aca414c46c1682afad1a4022cb28c6202f315321d0e07353297dd2e3ce6c0a49c7fd69ac2c38948994ad13a4c69540ad5e273a876\
    d6c94519b91f242d9e4d2e0cda1f0c7018740b8216fa818e50225db52062a5693267552564e784a41534ecfd938092f72643f316130531\
    e617c04597e00f4ddec84776fc8c7fc779357c4da6ef1dd7
    """)

private func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(16 * digits[$0] + digits[$0 + 1]) }
}

@Suite struct ResamplingTests {
    @Test func equalsPillowToTheBit() {
        let image = Image(width: 9, height: 7, pixels: source)
        for (filter, width, height, pixels) in expected {
            #expect(image.resized(width: width, height: height, filter: filter).pixels == bytes(pixels), "\(filter) \(width) x \(height)")
        }
    }

    @Test(arguments: ResamplingFilter.allCases) func oneColourStays(filter: ResamplingFilter) {
        let image = Image(width: 17, height: 5, fill: Color(3, 200, 255))
        for (width, height) in [(1, 1), (17, 5), (40, 3), (2, 31)] {
            #expect(
                image.resized(width: width, height: height, filter: filter) == Image(width: width, height: height, fill: Color(3, 200, 255))
            )
        }
    }

    @Test func theLongestSideFits() {
        #expect(fittedSize(640, 480, longestSide: 1024) == (1024, 768))
        #expect(fittedSize(3, 1000, longestSide: 10) == (1, 10))
        #expect(Image(width: 30, height: 20).resized(longestSide: 15).height == 10)
    }

    @Test func nearestTakesThePixelUnderTheCentre() {
        let image = Image(width: 9, height: 7, pixels: source)
        #expect(image.resizedNearest(width: 9, height: 7) == image)
        let large = image.resizedNearest(width: 27, height: 14)
        for y in 0..<14 {
            for x in 0..<27 { #expect(large[x, y] == image[x / 3, y / 2]) }
        }
        let small = image.resizedNearest(width: 3, height: 1)
        #expect(small[0, 0] == image[1, 3] && small[2, 0] == image[7, 3])
    }
}
